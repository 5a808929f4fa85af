//go:build linux

package faults

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// many writes enough articles for their loss to be doubted.
func (s *site) many() {
	s.Helper()
	for i := range 30 {
		s.write(fmt.Sprintf("%d.md", i), article(fmt.Sprint("Number ", i), "Text."))
	}
}

// Mounts come and go without an event; the daemon has a mount namespace of its own.
const mounts = "-m --propagation private"

func TestW10Unmounted(t *testing.T) {
	s := newSite(t, "watch: {reconcile: 1h, delete_grace: 6s}", "unshare", "nsenter")
	s.many()
	s.sh("mv content kept; mkdir content")
	s.start(mounts, "mount -t tmpfs none content; cp kept/* content")
	served := s.feed()
	s.sh("umount -l content")
	s.untilState("degraded", "articles_missing")
	if n := s.metric("feedmill_articles_doubted"); n != 31 {
		t.Errorf("feedmill_articles_doubted is %v, want 31", n)
	}
	if s.feed() != served {
		t.Error("the feed changes")
	}
	s.sh("mount --bind kept content")
	s.untilState("watching", "")
	if s.feed() != served {
		t.Error("the feed changes when the folder is back")
	}
	s.untilRight(0)
	s.sh("umount content")
	s.untilFeed("!<item>") // believed after the grace
	s.untilState("watching", "")
	s.untilRight(0)
}

func TestW11MountedOver(t *testing.T) {
	s := newSite(t, never, "unshare", "nsenter")
	s.write("c/a.md", article("Below", "Text."))
	s.sh("mkdir other")
	s.sh("sed s/Below/Above/ content/c/a.md >other/a.md")
	s.start(mounts, "true")
	s.sh("mount --bind other content/c")
	s.untilFeed("Above")
	s.untilRight(0)
	s.sh("umount content/c")
	s.untilFeed("Below")
	s.untilRight(0)
}

func TestW12OneFolderTwice(t *testing.T) {
	s := newSite(t, never, "unshare", "nsenter")
	s.write("one/sub/a.md", article("Twice", "Text."))
	s.sh("mkdir content/two")
	s.start(mounts, "mount --bind content/one content/two")
	s.write("one/sub/a.md", article("Changed by its first name", "Text."))
	s.untilRight(0)
	s.sh("sed -i s/first/second/ content/two/sub/a.md")
	s.sh("mkdir content/two/new; cp content/first.md content/two/new/b.md")
	s.untilFeed("/one/new/b/")
	s.untilRight(1)
	if n := s.metric("feedmill_articles"); n != 5 {
		t.Errorf("%v articles, want 5", n)
	}
}

func TestW13SingleFileMounted(t *testing.T) {
	s := newSite(t, never, "unshare", "nsenter")
	s.sh("cp content/first.md source.md; : >content/single.md")
	s.start(mounts, "mount --bind source.md content/single.md")
	s.untilLog("path=single.md")
	s.untilFeed("/single/")
	s.sh("sed 's/The first/Replaced/' source.md >new; cat new >source.md") // in place: it is the same file
	s.untilFeed("Replaced")
	s.untilRight(0)
}

// swap replaces the volume in folder, as Kubernetes does.
const swap = `swap() { # FOLDER GENERATION
	mkdir $1/..v$2 $1/..v$2/posts
	for i in 1 2 3 4 5 6; do
		printf '%s\n' --- "title: Article $i" "date: 2024-01-0$i" --- "Generation-$2." >$1/..v$2/$i.md
		cp $1/..v$2/$i.md $1/..v$2/posts/
	done
	ln -s ..v$2 $1/..data_tmp
	mv -T $1/..data_tmp $1/..data
	[ ! -d $1/..v$(($2-1)) ] || rm -r $1/..v$(($2-1))
}
`

func TestW14ConfigMap(t *testing.T) {
	s := newSite(t, never)
	s.sh(swap + `rm content/first.md; swap content 1
		for i in 1 2 3 4 5 6; do ln -s ..data/$i.md content/$i.md; done
		ln -s ..data/posts content/posts`)
	s.start("", "")
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.sh(swap + "for i in $(seq 2 150); do swap content $i; sleep 0.05; done")
	}()
	generations := map[string]bool{}
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		body := s.feed()
		in := map[string]bool{}
		for _, part := range strings.Split(body, "Generation-")[1:] {
			number, _, _ := strings.Cut(part, ".")
			in[number] = true
			generations[number] = true
		}
		if len(in) != 1 || strings.Count(body, "<item>") != 12 {
			t.Fatalf("one feed holds generations %v and %d articles", in, strings.Count(body, "<item>"))
		}
	}
	s.untilFeed("Generation-150.")
	s.untilRight(0)
	if len(generations) < 5 {
		t.Errorf("only generations %v were ever served", generations)
	}
}

// fuse mounts the folder src on content by way of a FUSE file system that this test may stop.
const fuse = "[ -e /dev/fuse ]; mv content src; mkdir content; bindfs -f src content & echo $! >fuse.pid; until mountpoint -q content; do sleep 0.01; done"

func TestW15ChangedBehindTheMount(t *testing.T) {
	s := newSite(t, never, "unshare", "nsenter", "bindfs")
	s.start(mounts, fuse)
	t.Cleanup(func() { s.sh("kill -KILL $(cat fuse.pid)") })
	s.untilState("polling", "remote")
	s.sh("mkdir src/d; sed 's/First/Second/' src/first.md >src/d/second.md; rm src/first.md")
	s.untilFeed("Second")
	s.untilRight(0)
}

func TestW16HungFileSystem(t *testing.T) {
	s := newSite(t, never, "unshare", "nsenter", "bindfs")
	s.start(mounts, fuse)
	t.Cleanup(func() { s.sh("kill -KILL $(cat fuse.pid)") })
	served := s.feed()
	s.sh("kill -STOP $(cat fuse.pid)")
	s.untilState("degraded", "stalled")
	for range 50 { // each must come while the disk hangs
		if s.feed() != served {
			t.Error("the feed changes")
		}
	}
	s.sh("kill -CONT $(cat fuse.pid)")
	s.untilState("polling", "remote")
	s.sh("sed -i 's/First/Second/' src/first.md")
	s.untilFeed("Second")
	s.untilRight(0)
	// It also ends while the file system hangs; then nothing leads into its mounts any more.
	s.inside = nil
	s.sh("kill -STOP $(cat fuse.pid)")
	s.untilState("degraded", "stalled")
	s.signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(deadline):
		t.Error("it does not end while the file system hangs")
	}
}

func TestW17OverlayChangedBelow(t *testing.T) {
	s := newSite(t, "watch: {reconcile: 3s}", "unshare", "nsenter")
	s.start(mounts, "mv content lower; mkdir content upper work; mount -t tmpfs none upper; mkdir upper/u upper/w; mount -t overlay none -o lowerdir=lower,upperdir=upper/u,workdir=upper/w content")
	s.sh("sed 's/First/Copied up/' content/first.md >new; cat new >content/first.md")
	s.untilFeed("Copied up")
	s.sh("sed 's/First/Only below/' lower/first.md >lower/second.md")
	s.untilFeed("Only below")
	s.untilRight(0)
}
