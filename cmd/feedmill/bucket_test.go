package main

import (
	"context"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/rogpeppe/go-internal/testscript"

	"feedmill/internal/s3server"
)

// TestBucketScripts runs the scripts in testdata/bucket, which have a bucket at $STORAGE, a real S3 server, and
// beside the commands of [TestScripts]
//
//	put FILE KEY   makes the file an object
//	remove KEY     removes one
//	storage WORD   stops the server, or starts it again
func TestBucketScripts(t *testing.T) {
	server := s3server.New(t)
	_, client := server.MakeBucket(t, "content")
	p := scripts("testdata/bucket")
	p.Cmds["put"] = func(ts *testscript.TestScript, _ bool, args []string) {
		text := ts.ReadFile(args[0])
		_, err := client.PutObject(context.Background(), "content", args[1], strings.NewReader(text), int64(len(text)), minio.PutObjectOptions{})
		ts.Check(err)
	}
	p.Cmds["remove"] = func(ts *testscript.TestScript, _ bool, args []string) {
		ts.Check(client.RemoveObject(context.Background(), "content", args[0], minio.RemoveObjectOptions{}))
	}
	p.Cmds["storage"] = func(ts *testscript.TestScript, _ bool, args []string) {
		if args[0] == "stop" {
			server.Stop()
		} else {
			server.Start(t)
		}
	}
	setup := p.Setup
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("STORAGE", "http://"+server.Addr)
		return setup(env)
	}
	testscript.Run(t, p)
}
