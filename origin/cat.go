package origin

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// cat gives the bytes of objects, as they are in the repository.
type cat struct {
	in     io.WriteCloser
	out    *bufio.Reader
	wait   func() error
	copied int
}

func (r *repository) startCat(ctx context.Context) (*cat, error) {
	cmd := r.command(ctx, "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &cat{in: in, out: bufio.NewReaderSize(out, 64<<10), wait: cmd.Wait}, nil
}

// copy writes the object to w.
func (c *cat) copy(w io.Writer, id string) error {
	if _, err := io.WriteString(c.in, id+"\n"); err != nil {
		return err
	}
	head, err := c.out.ReadString('\n')
	if err != nil {
		return err
	}
	f := strings.Fields(head)
	if len(f) != 3 || f[0] != id || f[1] != "blob" {
		return fmt.Errorf("git cat-file: %s", strings.TrimSpace(head))
	}
	size, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil {
		return err
	}
	if _, err := io.CopyN(w, c.out, size); err != nil {
		return err
	}
	c.copied++
	_, err = c.out.Discard(1)
	return err
}

func (c *cat) end() {
	c.in.Close()
	_ = c.wait() // what it had to give has been read
}
