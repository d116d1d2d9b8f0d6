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

build_kernel() {
    local root=$LAB/roots/$SUITE tree=$LAB/roots/$SUITE/build/linux
    if [ ! -e "$tree/.complete" ]; then
        rm -rf "$tree"
        mkdir -p "$tree"
        xz -dc "$LAB"/sources/linux-source-*.tar.xz | tar -x -C "$tree" --strip-components=1 --no-same-owner
        touch "$tree/.complete"
    fi
    cp "$GUEST/kernel/guest.config" "$GUEST/kernel/build" "$tree/"
    in_root "$root" sh -e /build/linux/build
    cp "$tree/arch/x86/boot/bzImage" "$LAB/images/bzImage.new"
    mv "$LAB/images/bzImage.new" "$LAB/images/bzImage"
    cp "$tree/.config" "$LAB/images/bzImage.config"
    [ -n "${STRATOS_LAB_KEEP:-}" ] || rm -rf "$tree"
}
