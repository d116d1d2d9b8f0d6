# The guest's file system: a base layer, and layers for what only some guests need.

LAYERS="base fio ext4 rpmb"

build_initramfs() {
    local root=$LAB/roots/$SUITE work=$LAB/roots/$SUITE/build/initramfs layer
    rm -rf "$work"
    mkdir -p "$work"
    cp "$GUEST"/initramfs/* "$work/"
    for layer in $LAYERS; do in_root "$root" sh /build/initramfs/pack "$layer"; done
    for layer in $LAYERS; do mv "$work/$layer.cpio.lz4" "$LAB/images/"; done
    rm -rf "$work"
}
