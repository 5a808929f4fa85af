package origin

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

var (
	errNoGit    = errors.New("the program git is not there")
	errNoDir    = errors.New("there is no folder")
	errTooLarge = errors.New("the files of the commit are larger than content.git.size")
)

// gitError is what git has said when it failed.
type gitError struct{ command, why, all string }

func (e gitError) Error() string { return fmt.Sprintf("git %s: %s", e.command, e.why) }

// hints are what can be done, by a part of what git says.
var hints = []struct{ part, hint string }{
	{"couldn't find remote ref", "content.git.branch names a branch that the repository does not have (any more)"},
	{"could not read Username", "a private repository needs content.git.user and content.git.password_file"},
	{"Authentication failed", "content.git.user or the password is not what the repository wants; an access token may have expired"},
	{"Permission denied (publickey", "ssh has no key that the repository takes; GIT_SSH_COMMAND may name one: ssh -i KEY -oBatchMode=yes"},
	{"Host key verification failed", "ssh does not know the host: put its key in ~/.ssh/known_hosts of feedmill's user"},
	{"Could not resolve host", "the host is not found: look after the name in content.git.url, or the network"},
	{"unable to update url base from redirection", "the repository has moved: set content.git.url to where it is now"},
	{"dubious ownership", "a repository on this machine must belong to the user that feedmill runs as"},
	{"does not appear to be a git repository", "content.git.url leads to no git repository, or to none that may be read"},
	{"not found", "content.git.url leads to no repository, or to a private one"},
	{"transport '", "content.git.url must be https, ssh, or lie on this machine"},
}

// Hint is a word on what to do about an error of [Git.Pull], or "".
func Hint(err error) string {
	switch e, ok := errors.AsType[gitError](err); {
	case errors.Is(err, errNoGit):
		return "install git, or bring the content here by other means and set content.dir"
	case errors.Is(err, errNoDir):
		return "content.git.dir names a folder of the repository"
	case errors.Is(err, errTooLarge):
		return "raise content.git.size, if the repository is to be trusted with the disk"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk of the state folder is full"
	case ok:
		for _, h := range hints {
			if strings.Contains(e.all, h.part) {
				return h.hint
			}
		}
	}
	return ""
}
