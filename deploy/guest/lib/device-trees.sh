# The compiler of device trees, which comes with the packages that build the kernel.

wrap_device_tree_compiler() {
    wrap "$LAB/roots/$SUITE" dtc dtc
    "$LAB/bin/dtc" --version
}
