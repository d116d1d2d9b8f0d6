# What the lab is made of. Change a version here and only the stages that depend on it run again.

SUITE=trixie                        # the newer Debian: QEMU and Linux come from its backports
QEMU_NEW=11.1
KERNEL=7.3
KERNEL_PACKAGE=linux-source-7.3

SUITE_OLD=bookworm                  # the older Debian: a second, independent vhost-user frontend
QEMU_OLD=7.2
