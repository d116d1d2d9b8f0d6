# Private roots: packages unpacked side by side, no maintainer scripts, no installation.

# package_names LIST...: the packages that the lists name ('#' starts a comment).
package_names() {
    local list
    for list; do sed 's/#.*//' "$GUEST/packages/$list"; done | tr -s ' \t' '\n' | sed '/^$/d'
}

# build_root SUITE EXTRA_SUITE LIST...: roots/SUITE holds the closure of the lists.
build_root() {
    local suite=$1 extra=$2 root=$LAB/roots/$1 debs wanted missing stale deb
    shift 2
    need_space 1200
    private_apt "$suite" "$extra"
    wanted=$(closure $(package_names "$@"))
    [ -n "$wanted" ] || { echo "apt resolved nothing"; return 1; }
    # What an interrupted run has downloaded serves again, as long as the same versions are wanted.
    debs=$LAB/apt/$suite/debs-$(sha256sum <<<"$wanted" | cut -c1-16)
    mkdir -p "$debs" "$root/.unpacked"
    # A package that is no longer wanted, or wanted in another version, has left files behind: start over.
    stale=$(ls "$root/.unpacked" | comm -23 - <(echo "$wanted"))
    if [ -n "$stale" ]; then rm -rf "$root"; mkdir -p "$root/.unpacked"; fi
    prepare_root "$root"

    missing=$(ls "$root/.unpacked" | comm -13 - <(echo "$wanted"))
    if [ -n "$missing" ]; then
        (cd "$debs" && apt-get download $missing)
        for deb in "$debs"/*.deb; do unpack_deb "$root" "$deb"; done
        echo "$missing" | (cd "$root/.unpacked" && xargs touch --)
    fi
    finish_root "$root"
    drop_apt "$suite"
    du -sm "$root"
}

# The merged /usr that Debian's packages expect, and the places that a root must have.
prepare_root() {
    local root=$1 link
    mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{dev,proc,sys,tmp,root,etc,build}
    for link in bin sbin lib lib64; do
        [ -L "$root/$link" ] || ln -s "usr/$link" "$root/$link"
    done
}

unpack_deb() {
    dpkg-deb --fsys-tarfile "$2" | tar -x -C "$1" --keep-directory-symlink --no-same-owner --delay-directory-restore \
        --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' \
        --exclude='./usr/share/info/*' --exclude='./usr/share/icons/*' --exclude='./usr/share/lintian/*'
}

# What maintainer scripts would have done and the lab needs.
finish_root() {
    local root=$1
    if [ -e "$root/usr/bin/mawk" ] && [ ! -e "$root/usr/bin/awk" ]; then ln -sf mawk "$root/usr/bin/awk"; fi
    printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
    printf 'root:x:0:\n' >"$root/etc/group"
}

# in_root ROOT COMMAND...: the command inside the root, with /dev and /proc. The mounts live in a
# mount namespace of their own, so they end with the command and never show on this machine.
in_root() {
    local root=$1
    shift
    set -- /usr/bin/env -i PATH=/usr/bin:/usr/sbin HOME=/root TMPDIR=/tmp LC_ALL=C.UTF-8 "$@"
    local bind='mount --rbind /dev "$0/dev"; mount --rbind /proc "$0/proc"; exec chroot "$0" "$@"'
    if [ "$(id -u)" -eq 0 ]; then
        if unshare --mount true 2>/dev/null; then
            unshare --mount --propagation private sh -ec "$bind" "$root" "$@"
        else                        # a container without the right to mount: make the few nodes that are needed
            [ -e "$root/dev/null" ] || { mknod -m 666 "$root/dev/null" c 1 3; mknod -m 666 "$root/dev/urandom" c 1 9; }
            chroot "$root" "$@"
        fi
    elif unshare --user --map-root-user --mount sh -c 'mount --bind /tmp /tmp' 2>/dev/null; then
        unshare --user --map-root-user --mount --propagation private sh -ec "$bind" "$root" "$@"
    else
        echo "This user may not make user namespaces, and is not root. Remedy, one of:" >&2
        echo "  sudo sysctl kernel.unprivileged_userns_clone=1                   (Debian)" >&2
        echo "  sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0       (Ubuntu)" >&2
        echo "  run build-lab as root with STRATOS_LAB set to a folder of this user" >&2
        return 1
    fi
}
