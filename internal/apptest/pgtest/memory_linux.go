package pgtest

import (
	"runtime"
	"syscall"
)

// room is how much a file system in memory must have free for each core: as many test binaries run at once, and each has a
// server that uses some 100 MiB.
const room = 512 << 20

// memory is a directory in memory with room for test servers, "" where there is none: containers often have a tiny one.
func memory() string {
	const dir = "/dev/shm"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < room*uint64(runtime.NumCPU()) {
		return ""
	}
	return dir
}
