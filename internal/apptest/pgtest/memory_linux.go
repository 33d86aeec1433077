package pgtest

import "syscall"

// room is how much a file system in memory must have free to hold test servers: each uses some 100 MiB, and several test
// binaries run at once.
const room = 1 << 30

// memory is a directory in memory with room for test servers, "" where there is none: containers often have a tiny one.
func memory() string {
	const dir = "/dev/shm"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < room {
		return ""
	}
	return dir
}
