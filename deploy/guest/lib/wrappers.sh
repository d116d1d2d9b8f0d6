# Wrappers: programs of the private roots as ordinary processes of this machine. They start through
# the root's own dynamic loader and libraries, and so see this machine's files and sockets.

# wrap ROOT PROGRAM WRAPPER [FIXED_ARGUMENT...]
# The folders beside $lib are those that Debian's libraries find by an absolute RUNPATH.
wrap() {
    local root=$1 program=$1/usr/bin/$2 wrapper=$LAB/bin/$3 lib=$1/usr/lib/x86_64-linux-gnu
    shift 3
    [ -e "$program" ] || { echo "$program is missing"; return 1; }
    mkdir -p "$(dirname "$wrapper")"
    {
        echo '#!/bin/sh'
        echo '# Made by build-lab. exec: the process that was started is the program itself.'
        echo "export QEMU_MODULE_DIR='$lib/qemu'"
        printf "exec '%s' --argv0 '%s' --library-path '%s' '%s'" \
            "$root/usr/lib64/ld-linux-x86-64.so.2" "${program##*/}" "$lib:$lib/ceph:$lib/pulseaudio:$root/usr/lib" "$program"
        [ $# -eq 0 ] || printf " '%s'" "$@"
        echo ' "$@"'
    } >"$wrapper"
    chmod +x "$wrapper"
}

# wrap_qemu ROOT FOLDER VERSION: the emulator knows no data folder of its own when the loader starts it.
wrap_qemu() {
    local root=$1 folder=$2 expected=$3 version
    wrap "$root" qemu-system-x86_64 "$folder/qemu-system-x86_64" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios"
    wrap "$root" qemu-img "$folder/qemu-img"
    wrap "$root" qemu-storage-daemon "$folder/qemu-storage-daemon"
    version=$("$LAB/bin/$folder/qemu-system-x86_64" --version | sed -n 's/.*version \([0-9.]*\).*/\1/p')
    echo "qemu $version"
    case $version in
        "$expected".*) ;;
        *) echo "The mirror has QEMU $version and the lab is made for $expected. Remedy: a snapshot as STRATOS_LAB_MIRROR." >&2; return 1 ;;
    esac
    echo "$folder=$version" >>"$LAB/versions.new"
}

build_wrappers() {
    rm -rf "$LAB/bin" "$LAB/versions.new"
    wrap_qemu "$LAB/roots/$SUITE" "qemu-$QEMU_NEW" "$QEMU_NEW"
    wrap_qemu "$LAB/roots/$SUITE_OLD" "qemu-$QEMU_OLD" "$QEMU_OLD"
    wrap "$LAB/roots/$SUITE" fio fio
    "$LAB/bin/fio" --version
    mv "$LAB/versions.new" "$LAB/versions"
}
