#!/bin/sh
# Boots a systemd of its own over this machine's file system, of which nothing is changed: boot.sh FOLDER. For root.
# Called in namespaces of its own: unshare --mount --pid --fork --uts --ipc --cgroup --kill-child
set -e
root=$1/root
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir -p "$1/upper" "$1/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
echo 0123456789abcdef0123456789abcdef > "$root/etc/machine-id"
for name in resolved networkd timesyncd logind udevd udev-trigger modules-load; do
    ln -sf /dev/null "$root/etc/systemd/system/systemd-$name.service"
done
ln -sf /dev/null "$root/etc/systemd/system/network-online.target"
mkdir -p "$root/mnt/before"
cd "$root"
pivot_root . mnt/before
mount --make-rshared /
umount -l /mnt/before
exec env -i container=drill PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=basic.target
