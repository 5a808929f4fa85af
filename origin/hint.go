package origin

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"feedmill/internal/s3"
)

var (
	errNoGit   = errors.New("the program git is not there")
	errNoDir   = errors.New("there is no folder")
	errEmpty   = errors.New("there are no objects")
	errMoved   = errors.New("the objects go on changing while they are read")
	errTooMany = errors.New("there are more objects than can be content")
)

// tooLarge says that the files of a generation are larger than the key allows.
type tooLarge struct{ key string }

func (e tooLarge) Error() string { return "the files are larger than " + e.key }

// gitError is what git has said when it failed.
type gitError struct{ command, why, all string }

func (e gitError) Error() string { return fmt.Sprintf("git %s: %s", e.command, e.why) }

// hints are what can be done, by a part of what git says.
var hints = []struct{ part, hint string }{
	{"couldn't find remote ref", "content.git.branch names a branch that the repository does not have (any more)"},
	{"could not read Username", "a private repository needs content.git.user and content.git.password_file, of one who may read it"},
	{"Authentication failed", "content.git.user or the password is not what the repository wants; an access token may have expired"},
	{"Permission denied (publickey", "ssh has no key that the repository takes; GIT_SSH_COMMAND may name one: ssh -i KEY -oBatchMode=yes"},
	{"Host key verification failed", "ssh does not know the host: put its key in ~/.ssh/known_hosts of feedmill's user"},
	{"Could not resolve host", "the host is not found: look after the name in content.git.url, or the network"},
	{"Connection refused", "the host does not answer there: look after content.git.url, or try again later"},
	{"timed out", "the host does not answer: look after content.git.url, or the network"},
	{"unable to update url base from redirection", "the repository has moved: set content.git.url to where it is now"},
	{"dubious ownership", "a repository on this machine must belong to the user that feedmill runs as"},
	{"does not appear to be a git repository", "content.git.url leads to no git repository, or to none that may be read"},
	{"not found", "content.git.url leads to no repository, or to a private one"},
	{"transport '", "content.git.url must be https, ssh, or lie on this machine"},
}

// faults are what can be done about a bucket.
var faults = map[s3.Fault]string{
	s3.NoBucket: "content.bucket.name names no bucket of the storage",
	s3.Keys:     "mend content.bucket.access_key and the secret key",
	s3.Refused:  "let the access key list the bucket, and read below the prefix",
	s3.Region:   "set content.bucket.region to that of the bucket",
	s3.Clock:    "set the clock of this machine",
}

// Hint is a word on what to do about an error of [Origin.Pull], or "".
func Hint(err error) string {
	large, isLarge := errors.AsType[tooLarge](err)
	_, doubted := errors.AsType[doubt](err)
	_, unreached := errors.AsType[*net.OpError](err)
	said, isGit := errors.AsType[gitError](err)
	fault := faults[s3.FaultOf(err)]
	switch {
	case errors.Is(err, errNoGit):
		return "install git, or bring the content here by other means and set content.dir"
	case errors.Is(err, errNoDir):
		return "dir of content.git or content.bucket names a folder of it"
	case errors.Is(err, errEmpty):
		return "look after content.bucket.name and content.bucket.prefix, or put the content there"
	case errors.Is(err, errMoved):
		return "it is tried again; what writes to the bucket all the time may have one of its own"
	case isLarge:
		return "raise " + large.key + ", if what is there is to be trusted with the disk"
	case doubted:
		return "if that is wrong, put them back before then; if it is right, wait"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk of the state folder is full"
	case fault != "":
		return fault
	case isGit:
		for _, h := range hints {
			if strings.Contains(said.all, h.part) {
				return h.hint
			}
		}
	case unreached:
		return "the storage does not answer: look after content.bucket.endpoint, or the network"
	}
	return ""
}
