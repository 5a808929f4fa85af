package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/spf13/cobra"

	"feedmill/article"
	"feedmill/catalog"
)

func newCompare() *cobra.Command {
	var format, address string
	cmd := &cobra.Command{
		Use:   "compare OLD_FEED",
		Short: "Tell what would change for the subscribers of an old feed",
		Long: `Compare the feed of a site as it is now, a file or a URL in RSS, Atom or JSON,
with the one that feedmill would serve in its place. Told are items whose id, link
or date would change, those that are gone, and those that subscribers would see as
new. The exit code is 1 if there are any.`,
		Example: `  feedmill compare https://example.org/index.xml
  feedmill compare public/index.xml
  feedmill compare --feed /tags/birds/ public/tags/birds/index.xml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("compare: want one old feed, have %d", len(args)), "name a file or a URL: feedmill compare https://example.org/index.xml"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usageError{fmt.Errorf("--format: want text or json, have %q", format), "feedmill compare --format json OLD_FEED"}
			}
			return compare(cmd, args[0], address, format)
		},
	}
	addFlags(cmd, false)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().StringVar(&address, "feed", "/", "page of the feed to compare with, such as /tags/birds/")
	complete(cmd, "format", "text", "json")
	return cmd
}

func compare(cmd *cobra.Command, old, address, format string) error {
	cfg, err := load(cmd)
	if err != nil {
		return err
	}
	was, err := readFeed(cmd, old)
	if err != nil {
		return err
	}
	kept, err := readState(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	site, err := lookOnce(cmd, cfg, kept, func([]article.Problem) {})
	if err != nil {
		return err
	}
	snap := site.catalog.Current()
	var sel *catalog.Selection
	for s := range snap.Selections() {
		if s.Path() == address {
			sel = s
		}
	}
	if sel == nil {
		return hinted{fmt.Errorf("--feed: there is no feed %s", address), "name the page of a term, such as /tags/birds/"}
	}
	c := compared{Items: len(was.Items), Changes: []difference{}}
	c.compare(was, snap, sel)
	if format == "json" {
		e := json.NewEncoder(cmd.OutOrStdout())
		e.SetIndent("", "  ")
		err = e.Encode(c)
	} else {
		err = c.write(cmd.OutOrStdout())
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), c.summary())
	if len(c.Changes) == 0 {
		return nil
	}
	if hint := c.hint(); hint != "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s %s\n", newPainter(cmd.ErrOrStderr()).cyan("hint:"), hint)
	}
	return errFound
}

// openFeed opens the file or the URL of a feed.
func openFeed(ctx context.Context, name string) (io.ReadCloser, error) {
	if !strings.HasPrefix(name, "http://") && !strings.HasPrefix(name, "https://") {
		f, err := os.Open(name)
		if err != nil {
			return nil, hinted{err, "name a file or a URL of the old feed"}
		}
		return f, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, name, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "feedmill/"+programVersion())
	client := http.Client{Timeout: 30 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return nil, hinted{err, "is that the address of the old feed? the file that the generator has made of it will do as well"}
	}
	if resp.StatusCode != http.StatusOK {
		err := fmt.Errorf("%s answers %s", name, resp.Status)
		return nil, hinted{errors.Join(err, resp.Body.Close()), "what is the address of the old feed? the source of the site's first page names it"}
	}
	return resp.Body, nil
}

// readFeed reads a feed of any format from a file or a URL.
func readFeed(cmd *cobra.Command, name string) (*gofeed.Feed, error) {
	const most = 64 << 20
	body, err := openFeed(cmd.Context(), name)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	feed, err := gofeed.NewParser().Parse(io.LimitReader(body, most))
	if err == nil && feed.FeedType == "json" && feed.FeedVersion == "" && len(feed.Items) == 0 {
		err = errors.New("JSON, but no feed") // https://www.jsonfeed.org/version/1.1/: version is required
	}
	if err != nil {
		return nil, hinted{fmt.Errorf("%s: %w", name, err), "name a feed, in RSS, Atom or JSON, and not a page that leads to one"}
	}
	return feed, nil
}
