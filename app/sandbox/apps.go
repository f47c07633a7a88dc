package sandbox

import (
	"errors"
	"fmt"
	"net/http"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

// appsOf lists the applications by their id; none given: the demo application.
func appsOf(list []wire.Keys) (map[string]wire.Keys, error) {
	if len(list) == 0 {
		demo, err := demoKeys()
		if err != nil {
			return nil, err
		}
		list = []wire.Keys{demo}
	}
	apps := make(map[string]wire.Keys, len(list))
	for _, k := range list {
		apps[k.AppID] = k
	}
	return apps, nil
}

func demoKeys() (wire.Keys, error) {
	private, err := wire.ParsePrivateKey(DemoPrivateKey)
	if err != nil {
		return wire.Keys{}, fmt.Errorf("sandbox: demo key: %w", err)
	}
	peer, err := wire.ParsePublicKey(DemoPublicKey)
	if err != nil {
		return wire.Keys{}, fmt.Errorf("sandbox: demo key: %w", err)
	}
	return wire.Keys{AppID: DemoAppID, AppKey: DemoAppKey, Private: private, Peer: peer}, nil
}

// sealedHead is what a sealed message says before anything of it is verified.
type sealedHead struct {
	AppID    onetrans.Text `json:"app_id"`
	MsgID    onetrans.Text `json:"msgid"`
	SignType onetrans.Text `json:"signtype"`
	EncType  onetrans.Text `json:"enc_type"`
}

var (
	errUnknownApp = errors.New("unknown app_id")
	errOpenLine   = errors.New("enc_type NONE over an open network")
)

// keysFor finds the keys of a sealed message's application, protected as the
// message is. A message that can't be answered under seal gets an HTTP status.
func (s *Server) keysFor(r *http.Request, head sealedHead) (keys wire.Keys, status int, err error) {
	keys, known := s.apps[head.AppID.String()]
	if !known {
		return keys, http.StatusUnauthorized, errUnknownApp
	}
	keys.SignType = wire.SignType(head.SignType.String())
	keys.EncType = wire.EncType(head.EncType.String())
	if err := keys.Check(); err != nil {
		return keys, http.StatusBadRequest, err
	}
	if keys.EncType == wire.None && r.TLS == nil && !fromLoopback(r) {
		return keys, http.StatusForbidden, errOpenLine
	}
	return keys, 0, nil
}
