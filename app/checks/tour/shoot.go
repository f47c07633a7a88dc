package tour

import (
	"context"
	"fmt"
	"os/exec"
)

// Shoot leaves a picture of the whole X display. The window's own canvas can't
// be read back from every graphics driver, so ImageMagick takes it.
func Shoot(ctx context.Context, path string) error {
	out, err := exec.CommandContext(ctx, "import", "-silent", "-window", "root", path).CombinedOutput()
	if err != nil {
		return fmt.Errorf("taking a screenshot: %w: %s", err, out)
	}
	return nil
}
