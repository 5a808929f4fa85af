package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"feedmill/config"
	"feedmill/server"
)

// The commands of this file speak with the daemon that the same configuration has started.

func newRebuild() *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use:   "rebuild",
		Short: "Ask the running daemon to read all articles again",
		Example: `  feedmill rebuild
  feedmill rebuild --wait --admin 127.0.0.1:8081`,
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			if cfg.Server.Admin == "" {
				return hinted{errors.New("the daemon has no admin listener"), "give it one with server.admin, or send it SIGHUP"}
			}
			path := "/-/rebuild"
			if wait {
				path += "?wait=1"
			}
			body, err := ask(cmd, http.MethodPost, cfg.Server.Admin, path, cfg.Server.AdminToken, 0)
			if err != nil || !wait {
				return err
			}
			var r server.Rebuilt
			if err := json.Unmarshal(body, &r); err != nil {
				return fmt.Errorf("answer of the daemon: %w", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s looked at, %d parsed; %s changed, %d removed; %s changed; %s; %d ms\n",
				count(r.Scanned, "file"), r.Parsed, count(r.Changed, "article"), r.Removed, count(r.FeedsChanged, "feed"), count(r.Problems, "problem"), r.TookMS)
			if r.Doubt != "" {
				fmt.Fprintln(cmd.OutOrStdout(), "articles kept:", r.Doubt)
			}
			return nil
		},
	}
	addFlags(cmd, true)
	cmd.Flags().BoolVar(&wait, "wait", false, "return when the result is served, and tell about it")
	return cmd
}

func newHealthcheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "healthcheck",
		Short: "Exit with 0 when the running daemon is ready, for containers",
		Example: `  feedmill healthcheck
  feedmill healthcheck --listen 127.0.0.1:8080`,
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// The daemon may go on with what the file said before a mistake came into it.
			addr, err := config.Listen(sourceOf(cmd))
			if err != nil && errors.As(misconfigured(err), new(usageError)) {
				return misconfigured(err)
			}
			body, err := ask(cmd, http.MethodGet, addr, "/readyz", "", 3*time.Second)
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "%s", body)
			}
			return err
		},
	}
	addFlags(cmd, true)
	return cmd
}

// ask sends one request to the daemon that listens on addr, and returns the body of an answer
// that says success. A limit of 0 means none.
func ask(cmd *cobra.Command, method, addr, path, token string, limit time.Duration) ([]byte, error) {
	req, err := http.NewRequestWithContext(cmd.Context(), method, "http://"+reachable(addr)+path, nil)
	if err != nil {
		return nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{Timeout: limit, Transport: &http.Transport{Proxy: nil}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, hinted{err, "is the daemon running, with this configuration? start it with: feedmill serve"}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 {
		var told struct{ Error string }
		if json.Unmarshal(body, &told) == nil && told.Error != "" {
			return nil, fmt.Errorf("the daemon answers: %s", told.Error)
		}
		return nil, fmt.Errorf("the daemon answers %s: %s", resp.Status, strings.TrimSpace(string(body)))
	}
	return body, nil
}

// reachable turns an address to listen on into one to connect to: an unspecified host means this
// machine.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	switch ip, err := netip.ParseAddr(host); {
	case host == "", err == nil && ip.IsUnspecified() && ip.Is4():
		host = "127.0.0.1"
	case err == nil && ip.IsUnspecified():
		host = "::1"
	}
	return net.JoinHostPort(host, port)
}
