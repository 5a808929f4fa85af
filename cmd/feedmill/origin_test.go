package main

import (
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

func hookCmd(ts *testscript.TestScript, _ bool, args []string) {
	d := daemonOf(ts)
	resp, body := d.ask(ts, "POST", "http://"+d.addr+"/-/hook", "X-Gitlab-Token", args[0])
	if strconv.Itoa(resp.StatusCode) != args[1] {
		ts.Fatalf("the webhook is answered with %s: %s", resp.Status, body)
	}
}
