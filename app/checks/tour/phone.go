package tour

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// maxPage bounds what is read of a phone page.
const maxPage = 1 << 20

var errNothingToPay = errors.New("the page has nothing to pay")

// Phone pays on the page that a QR code's text leads to, with the wallet that
// is chosen there, as a patient's phone would.
func Phone(ctx context.Context, code string) error {
	page, err := fetch(ctx, http.MethodGet, code, "")
	if err != nil {
		return fmt.Errorf("opening the payment page: %w", err)
	}
	button := regexp.MustCompile(`<button[^>]* name="do" value="pay"`)
	if !button.MatchString(page) {
		return errNothingToPay
	}
	fields := url.Values{"do": {"pay"}}
	chosen := regexp.MustCompile(`name="channel" value="([^"]*)" checked`)
	if wallet := chosen.FindStringSubmatch(page); wallet != nil {
		fields.Set("channel", wallet[1])
	}
	if _, err := fetch(ctx, http.MethodPost, code, fields.Encode()); err != nil {
		return fmt.Errorf("paying: %w", err)
	}
	return nil
}

func fetch(ctx context.Context, method, address, body string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxPage))
	if err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %s", answer.Status)
	}
	return string(text), nil
}
