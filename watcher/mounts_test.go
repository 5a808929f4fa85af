package watcher

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
)

// lines of a mountinfo table, by what they mount
const (
	mountRoot     = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
	mountProc     = "22 27 0:21 / /proc rw shared:5 - proc proc rw\n"
	mountSite     = "40 27 8:1 / /srv/site rw - xfs /dev/sdb rw\n"
	mountSiteNFS  = "41 27 0:50 / /srv/site rw - nfs4 server:/site rw\n"
	mountPosts    = "42 40 0:51 / /srv/site/content/my\\040posts rw - tmpfs none rw\n"
	mountFuse     = "43 40 0:52 / /srv/site/content/posts rw - fuse.bindfs /src rw\n"
	mountFuseBlk  = "44 40 8:2 / /srv/site/content/disk rw - fuseblk /dev/sdc rw\n"
	mountNearMiss = "45 40 0:53 / /srv/site/content2 rw - fuse.sshfs host: rw\n"
)

func TestParseMounts(t *testing.T) {
	tests := []struct {
		name  string
		table []string
		want  mounts
	}{
		{"no table", nil, mounts{}},
		{"root only", []string{mountRoot, mountProc}, mounts{table: mountRoot}},
		{"the nearest holds it", []string{mountRoot, mountSite}, mounts{table: mountSite}},
		{"the later covers the earlier", []string{mountRoot, mountSite, mountSiteNFS}, mounts{mountSiteNFS, true}},
		{"inside, with a space", []string{mountRoot, mountPosts}, mounts{table: mountPosts + mountRoot}},
		{"inside, remote", []string{mountRoot, mountFuse}, mounts{mountFuse + mountRoot, true}},
		{"inside, a block device", []string{mountRoot, mountFuseBlk}, mounts{table: mountFuseBlk + mountRoot}},
		{"beside", []string{mountRoot, mountNearMiss}, mounts{table: mountRoot}},
		{"garbage", []string{"\n", "a b c\n", " - \n", "1 2 3 4 / x -\n", mountRoot}, mounts{table: mountRoot}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := parseMounts(strings.Join(tt.table, ""), "/srv/site/content")
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(mounts{})); diff != "" {
				t.Errorf("parseMounts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadMountsFollowsSymlinks(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink("/proc", link); err != nil {
		t.Fatal(err)
	}
	got := readMounts("/proc/self/mountinfo", link)
	if got.table == "" {
		t.Skip("no mountinfo on this system")
	}
	if !strings.Contains(got.table, " - proc ") {
		t.Errorf("readMounts(link to /proc) = %q, want a proc file system", got.table)
	}
}

func TestMounts(t *testing.T) {
	withRig(t, Options{}, []string{"b"}, func(r *rig) {
		mount := func(table string) {
			if err := os.WriteFile(r.w.mountinfo, []byte(table), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		line := "30 1 8:3 / " + r.abs("b") + " rw - "
		mount(mountRoot)
		r.run()
		r.wantRescan(0, "start")
		r.wantNone(1500 * ms)
		mount(mountRoot + mountSite + line + "ext4 /dev/sdd rw\n")
		r.wantRescan(2*second, "mounts")
		r.wantStatus(Watching, "")
		r.wantNone(2500 * ms)
		mount(mountRoot + line + "fuse.sshfs host: rw\n")
		r.wantRescan(5*second, "mounts")
		r.wantStatus(Polling, "remote")
		r.wantRescan(6*second, "poll")
		r.event(fsnotify.Write, "a.md")
		r.want(6100*ms, "a.md")
		mount(mountRoot)
		r.wantRescan(7*second, "mounts")
		r.wantStatus(Watching, "")
	})
}
