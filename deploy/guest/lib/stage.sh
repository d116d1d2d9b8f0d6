# Stages: a named step with inputs. It runs when the hash of its inputs is not the one in its stamp.
# Progress goes to standard output, one line a stage; what the step itself prints goes to a log.

STARTED=$SECONDS

say() { printf '[%3d s] %s\n' $((SECONDS - STARTED)) "$*"; }

die() { printf 'build-lab: %s\n' "$*" >&2; exit 1; }

# Everything else comes out of the packages.
need_host_programs() {
    local program missing=''
    for program in apt-get apt-config dpkg-deb tar unshare mount chroot flock sha256sum; do
        command -v "$program" >/dev/null || missing="$missing $program"
    done
    [ -z "$missing" ] || die "missing on this machine:$missing. Remedy: apt-get install apt dpkg tar util-linux mount coreutils; where there is no apt, run it in a Debian container."
    [ "$(dpkg --print-architecture)" = amd64 ] || die "the lab's programs are Debian's for amd64, and this machine is not."
}

# need_space MIB: what the step that follows will write at most.
need_space() {
    local free
    free=$(($(df --output=avail -k "$LAB" | tail -n 1) / 1024))
    [ "$free" -ge "$1" ] || {
        echo "$LAB has $free MiB free and this step needs $1. Remedy: make room, or set STRATOS_LAB to a folder elsewhere." >&2
        return 1
    }
}

# Only one build at a time; a second one waits, and then finds the work done.
lock_lab() {
    exec 9>"$LAB/.lock"
    if ! flock -n 9; then
        say "waiting for another build-lab in $LAB"
        flock 9
    fi
}

# The stamp that a finished stage left: what later stages name as their input.
stamp() { cat "$LAB/stamps/$1" 2>/dev/null || echo none; }

# Inputs are files (their content counts) or words (they count as they are).
hash_inputs() {
    local input
    for input; do
        if [ -f "$input" ]; then echo "file ${input##*/}"; cat -- "$input"; else echo "word $input"; fi
    done | sha256sum | cut -d' ' -f1
}

# While the function runs, STAGE_HASH is the hash of the stage's inputs.
# stage NAME DESCRIPTION INPUT... -- FUNCTION [ARGUMENT...]
stage() {
    local name=$1 description=$2 inputs=() status log=$LAB/logs/$1.log
    shift 2
    while [ "$1" != -- ]; do inputs+=("$1"); shift; done
    shift
    STAGE_HASH=$(hash_inputs "${inputs[@]}")
    [ "$(stamp "$name")" != "$STAGE_HASH" ] || return 0

    say "$name: $description"
    rm -f "$LAB/stamps/$name"
    set +e
    (set -e; "$@") >"$log" 2>&1 9>&-
    status=$?
    set -e
    if [ $status -ne 0 ]; then
        tail -n 15 "$log" | sed 's/^/    /' >&2
        die "stage $name failed (exit code $status). Whole log: $log. Run build-lab again to go on from here."
    fi
    echo "$STAGE_HASH" >"$LAB/stamps/$name"
}
