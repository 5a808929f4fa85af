package publish

import (
	"errors"
	"io/fs"
	"syscall"

	"feedmill/internal/s3"
)

// Hint is what a person can do about an error of a publisher, or "".
func Hint(err error) string {
	if h, ok := errors.AsType[hint](err); ok {
		return h.text
	}
	return ""
}

// hint is an error with what to do about it.
type hint struct {
	error
	text string
}

func (h hint) Unwrap() error { return h.error }

// hinted adds to err what can be done about it, where that is known. nil stays nil.
func hinted(err error) error {
	if err == nil {
		return nil
	}
	text := ""
	switch fault := s3.FaultOf(err); {
	case fault == s3.NoBucket:
		text = "create the bucket, or mend publish.bucket"
	case fault == s3.Keys:
		text = "mend access_key and secret_key of the target"
	case fault == s3.Refused:
		text = "let the access key read, list, write and delete in this bucket below the prefix"
	case fault == s3.Region:
		text = "set region to that of the bucket"
	case fault == s3.Clock:
		text = "set the clock of this machine"
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		text = "let the user that feedmill runs as write to the folder"
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		text = "make room on the disk"
	}
	if text == "" {
		return err
	}
	return hint{err, text}
}
