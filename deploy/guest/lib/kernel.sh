# The guest's kernel: Debian's source package, a tiny configuration plus what the lab needs.

fetch_kernel_source() {
    local dir=$LAB/sources
    private_apt "$SUITE" "$SUITE-backports"
    rm -rf "$dir"
    mkdir -p "$dir"
    cd "$dir"
    apt-get download "$KERNEL_PACKAGE" || {
        echo "The mirror has no $KERNEL_PACKAGE any more. Remedy: another version in deploy/guest/versions.sh, or a snapshot as STRATOS_LAB_MIRROR." >&2
        return 1
    }
    dpkg-deb --fsys-tarfile linux-source-*.deb | tar -x --strip-components=3 --wildcards './usr/src/linux-source-*.tar.xz'
    rm linux-source-*.deb
    drop_apt "$SUITE"
    ls -l
}

# Kernels are kept by the hash of their inputs: to change between branches costs no second build.
build_kernel() {
    local kept=$LAB/kernels/$STAGE_HASH
    find "$LAB/kernels" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -r {} + 2>/dev/null || true
    [ -e "$kept/bzImage" ] || compile_kernel "$kept"
    cp "$kept/bzImage" "$LAB/images/bzImage.new"
    mv "$LAB/images/bzImage.new" "$LAB/images/bzImage"      # at once: a guest may be starting
}

compile_kernel() {
    local kept=$1 root=$LAB/roots/$SUITE tree=$LAB/roots/$SUITE/build/linux
    if [ ! -e "$tree/.complete" ]; then
        need_space 3000
        rm -rf "$tree"
        mkdir -p "$tree"
        cp "$LAB"/sources/linux-source-*.tar.xz "$tree/"
        in_root "$root" sh -ec 'cd /build/linux; tar -xf linux-source-*.tar.xz --strip-components=1 --no-same-owner; rm linux-source-*'
        touch "$tree/.complete"
    fi
    cp "$GUEST/kernel/guest.config" "$GUEST/kernel/build" "$tree/"
    in_root "$root" sh -e /build/linux/build
    mkdir -p "$kept"
    cp "$tree/.config" "$kept/config"
    cp "$tree/arch/x86/boot/bzImage" "$kept/bzImage.new"
    mv "$kept/bzImage.new" "$kept/bzImage"
    [ -n "${STRATOS_LAB_KEEP:-}" ] || rm -rf "$tree"
}
