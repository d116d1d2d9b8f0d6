# Linux's own tests of clocks, compiled from the source of the guest's kernel: a layer of the guest's file system.
# A stage of its own, so that trees of the source that differ in it do not rebuild each other's layers.

build_selftests() {
    local root=$LAB/roots/$SUITE work=$LAB/roots/$SUITE/build/selftests
    rm -rf "$work"
    mkdir -p "$work"
    cp "$GUEST/selftests/pack" "$LAB"/sources/linux-source-*.tar.xz "$work/"
    in_root "$root" sh /build/selftests/pack
    mv "$work/selftests.cpio.lz4" "$LAB/images/"
    rm -rf "$work"
}
