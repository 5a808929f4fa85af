package watcher

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mounts is what the system has mounted at, in and around a tree. Two of them are equal if no
// mount has come, gone or changed; a mount sends no event.
type mounts struct {
	table  string // lines of mountinfo; "" where there is no such file
	remote bool   // files may change on another machine, or behind a driver's back, without an event
}

// readMounts returns the mounts of the tree at root according to a file.
func readMounts(file, root string) mounts {
	table, err := os.ReadFile(file)
	if err != nil {
		return mounts{}
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real // the table knows mounts by their real paths
	}
	return parseMounts(string(table), root)
}

// parseMounts picks the lines of a mountinfo table (see proc_pid_mountinfo(5)) that concern the
// tree at root: the mount it is on, and those in it.
func parseMounts(table, root string) mounts {
	var holder, holderPoint, holderType string
	var m mounts
	for line := range strings.Lines(table) {
		point, fsType := mountFields(line)
		switch {
		case point == "":
		case point != root && within(point, root):
			m.table += line
			m.remote = m.remote || remote(fsType)
		case within(root, point) && len(point) >= len(holderPoint):
			// A later mount on the same point covers the earlier one.
			holder, holderPoint, holderType = line, point, fsType
		}
	}
	m.table += holder
	m.remote = m.remote || remote(holderType)
	return m
}

// mountFields returns the mount point and the type of the file system in a line of the table, or
// "" for both.
func mountFields(line string) (point, fsType string) {
	// 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
	mount, system, ok := strings.Cut(line, " - ")
	fields, systemFields := strings.Fields(mount), strings.Fields(system)
	if !ok || len(fields) < 5 || len(systemFields) == 0 {
		return "", ""
	}
	return unescape(fields[4]), systemFields[0]
}

// unescape undoes the octal escapes for space, tab, newline and backslash.
func unescape(s string) string {
	for i := 0; i+4 <= len(s); i++ {
		if s[i] != '\\' {
			continue
		}
		if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
			s = s[:i] + string([]byte{byte(c)}) + s[i+4:]
		}
	}
	return s
}

// within reports whether p is folder or lies in it.
func within(p, folder string) bool {
	return p == folder || folder == "/" || strings.HasPrefix(p, folder+"/")
}

// remote reports whether inotify sees only a part of the changes on a file system, those made
// through this very mount. (The type of FUSE on a local block device is "fuseblk": all its changes
// come that way.)
func remote(fsType string) bool {
	kind, _, _ := strings.Cut(fsType, ".")
	switch kind {
	case "fuse", "virtiofs", "9p", "fakeowner", "grpcfuse", "vboxsf", "prl_fs", "vmhgfs",
		"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "coda", "gfs2", "ocfs2", "lustre",
		"beegfs", "glusterfs", "gpfs":
		return true
	}
	return false
}
