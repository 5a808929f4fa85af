package s3

import (
	"errors"

	"github.com/minio/minio-go/v7"
)

// Fault is what is wrong with a bucket, as a person can mend it.
type Fault int

// What a storage says that a person can mend.
const (
	Unknown  Fault = iota
	NoBucket       // there is none of that name
	Keys           // the access key or the secret key
	Refused        // the keys may not do what was asked
	Region         // the bucket is in another one
	Clock          // that of this machine
)

// FaultOf tells what an error of a request means.
func FaultOf(err error) Fault {
	answer, _ := errors.AsType[minio.ErrorResponse](err)
	switch answer.Code {
	case "NoSuchBucket":
		return NoBucket
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity", "XAdminUserNotFound":
		return Keys
	case "AccessDenied", "AllAccessDisabled":
		return Refused
	case "AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException":
		return Region
	case "RequestTimeTooSkewed":
		return Clock
	}
	return Unknown
}
