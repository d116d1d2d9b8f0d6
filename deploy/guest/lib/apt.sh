# A private apt: own sources, own lists, own cache. It asks and changes nothing of this machine's
# package database, and so needs no root.

# The mirror that this machine already uses when it is a Debian, else the public one.
debian_mirror() {
    local mirror=${STRATOS_LAB_MIRROR:-}
    if [ -z "$mirror" ]; then
        mirror=$(apt-get indextargets --format '$(REPO_URI)|$(ORIGIN)' 'Created-By: Packages' 2>/dev/null |
            sed -n '/security/d;s/|Debian$//p' | head -n 1)
    fi
    if [ -z "$mirror" ]; then       # no lists yet: read what the sources name
        mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
            grep -v '^#' | grep -oE 'https?://[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' ')
    fi
    echo "${mirror:-http://deb.debian.org/debian}"
}

# Debian's archive keys: this machine's, or (on another distribution) from its own package of them.
debian_keyring() {
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg own=$LAB/apt/keyring
    if [ ! -s "$keyring" ]; then
        keyring=$own$keyring
        if [ ! -s "$keyring" ]; then
            mkdir -p "$own"
            (cd "$own" && apt-get download debian-archive-keyring >&2 && dpkg-deb -x debian-archive-keyring_*.deb .) ||
                die "Debian's archive keys are missing. Remedy: apt-get install debian-archive-keyring"
        fi
    fi
    echo "$keyring"
}

# private_apt SUITE EXTRA_SUITE: writes the configuration for a suite and refreshes its lists.
# Afterwards APT_CONFIG names it, so that plain apt-get uses it.
private_apt() {
    local suite=$1 extra=$2 dir=$LAB/apt/$1 mirror keyring from
    mirror=$(debian_mirror)
    keyring=$(debian_keyring)
    mkdir -p "$dir"/{state/lists/partial,cache/archives/partial}
    : >"$dir/status"
    for from in $suite $extra; do echo "deb [signed-by=$keyring] $mirror $from main"; done >"$dir/sources.list"
    {
        cat <<CONF
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Dir::State "$dir/state";
Dir::State::status "$dir/status";
Dir::Cache "$dir/cache";
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::main "/dev/null";
Dir::Etc::preferences "$GUEST/packages/preferences";
Dir::Etc::preferencesparts "/dev/null";
Acquire::Languages "none";
Acquire::Retries "3";
CONF
        # How this machine reaches its mirror (proxies, relaxed dates) holds for the private apt too.
        apt-config dump | grep -E '^Acquire::(http|https|Check-|Force|Max-)' || true
    } >"$dir/apt.conf"
    export APT_CONFIG=$dir/apt.conf
    apt-get update
    if ls "$dir"/state/lists/*_Packages* >/dev/null 2>&1; then return; fi
    echo "apt reached $mirror but got no package list for $suite. Remedy: check the network or set STRATOS_LAB_MIRROR." >&2
    return 1
}

# closure PACKAGE...: every package that they need, as name=version lines.
closure() {
    local plan
    plan=$(apt-get --simulate -qq install "$@")
    sed -nE 's/^Inst ([^ ]+) (\[[^]]*\] )?\(([^ ]+) .*/\1=\3/p' <<<"$plan" | sort
}

# drop_apt SUITE: lists, caches and packages have done their work; a later stage fetches fresh lists.
drop_apt() { rm -rf "${LAB:?}/apt/$1"; }
