package wire

import (
	"bytes"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	otherSM2 "github.com/emmansun/gmsm/sm2"
	otherSM3 "github.com/emmansun/gmsm/sm3"
	otherSM4 "github.com/emmansun/gmsm/sm4"
	"pgregory.net/rapid"
)

// The primitives are held against two other implementations.

func TestSM3AgainstAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "message")
		if want := otherSM3.Sum(message); !bytes.Equal(sm3Sum(message), want[:]) {
			t.Fatalf("SM3 of %x differs", message)
		}
	})
}

func TestSM4AgainstAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), blockSize, blockSize).Draw(t, "key")
		data := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "data")
		before := bytes.Clone(data)
		sealed, err := sm4Seal(key, data)
		if err != nil || !bytes.Equal(data, before) {
			t.Fatalf("sealing: %v, or the caller's bytes were changed", err)
		}
		block, err := otherSM4.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(data)-blockSize; i += blockSize {
			var want [blockSize]byte
			block.Encrypt(want[:], data[i:])
			if !bytes.Equal(sealed[i:i+blockSize], want[:]) {
				t.Fatalf("block at %d differs", i)
			}
		}
		if opened, ok := sm4Open(key, sealed); !ok || !bytes.Equal(opened, data) {
			t.Fatalf("opened %x, want %x", opened, data)
		}
	})
}

func TestSM2AgainstAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		theirs, err := otherSM2.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		ours, ok := newPrivateKey(theirs.D.FillBytes(make([]byte, sm2Size)))
		if !ok {
			t.Fatal("a good key is refused")
		}
		//lint:ignore SA1019 crypto/ecdh has no SM2 curve.
		public, ok := newPublicKey(elliptic.Marshal(theirs.Curve, theirs.X, theirs.Y))
		if !ok {
			t.Fatal("a good public key is refused")
		}
		message := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "message")

		signature, err := sm2Sign(ours, message)
		if err != nil {
			t.Fatal(err)
		}
		der, err := asn1.Marshal(split(signature))
		if err != nil {
			t.Fatal(err)
		}
		if !otherSM2.VerifyASN1WithSM2(&theirs.PublicKey, []byte(userID), message, der) {
			t.Fatal("they refuse ours")
		}
		der, err = theirs.SignWithSM2(rand.Reader, []byte(userID), message)
		if err != nil {
			t.Fatal(err)
		}
		if !sm2Verify(public, message, join(t, der)) || !sm2Verify(ours.Public(), message, signature) {
			t.Fatal("we refuse theirs, or our own")
		}
		if sm2Verify(public, append(message, 1), signature) {
			t.Fatal("we accept a signature over another message")
		}
	})
}

func TestSM2RefusesWhatIsOutOfRange(t *testing.T) {
	key, _ := newPrivateKey(bytes.Repeat([]byte{7}, sm2Size))
	good, err := sm2Sign(key, []byte("m"))
	if err != nil {
		t.Fatal(err)
	}
	order := key.key.Curve.Params().N.FillBytes(make([]byte, sm2Size))
	zero, full := make([]byte, sm2Size), bytes.Repeat([]byte{0xff}, sm2Size)
	r, s := good[:sm2Size], good[sm2Size:]
	minusR := new(big.Int).Sub(key.key.Curve.Params().N, new(big.Int).SetBytes(r)).FillBytes(make([]byte, sm2Size))
	for _, signature := range [][]byte{
		nil, r, good[:63], append(bytes.Clone(good), 0),
		append(bytes.Clone(zero), s...), append(bytes.Clone(r), zero...), append(bytes.Clone(zero), zero...),
		append(bytes.Clone(order), s...), append(bytes.Clone(r), order...),
		append(bytes.Clone(full), full...), append(bytes.Clone(r), minusR...), append(bytes.Clone(s), r...),
	} {
		if sm2Verify(key.Public(), []byte("m"), signature) {
			t.Errorf("%x is accepted", signature)
		}
	}
}

func TestPaddingIsStrict(t *testing.T) {
	var key [blockSize]byte
	block, err := otherSM4.NewCipher(key[:])
	if err != nil {
		t.Fatal(err)
	}
	for name, last := range map[string][]byte{
		"zero":                 {0},
		"beyond the block":     {17},
		"255":                  {255},
		"one of two is wrong":  {1, 2},
		"the first is wrong":   {2, 3, 3},
		"whole block, one off": append([]byte{15}, bytes.Repeat([]byte{16}, 15)...),
	} {
		sealed := append(bytes.Repeat([]byte{9}, blockSize-len(last)), last...)
		block.Encrypt(sealed, sealed)
		if data, ok := sm4Open(key[:], sealed); ok {
			t.Errorf("%s: opened as %x", name, data)
		}
	}
	for _, n := range []int{0, 1, 15, 17} {
		if _, ok := sm4Open(key[:], make([]byte, n)); ok {
			t.Errorf("%d bytes were opened", n)
		}
	}
}

// openssl runs the command with the files that it names in a folder of its own.
func openssl(t *testing.T, stdin []byte, files map[string][]byte, args ...string) ([]byte, error) {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "openssl", args...)
	cmd.Dir, cmd.Stdin = folder, bytes.NewReader(stdin)
	return cmd.Output()
}

func TestSM3AndSM4AgainstOpenSSL(t *testing.T) {
	message := []byte(strings.Repeat("身份证号 ", 30))
	want, err := openssl(t, message, nil, "dgst", "-sm3", "-binary")
	if err != nil || !bytes.Equal(want, sm3Sum(message)) {
		t.Errorf("SM3 differs from OpenSSL's: %v", err)
	}
	const hexKey = "32383637383541304438383934414246"
	want, err = openssl(t, message, nil, "enc", "-sm4-ecb", "-K", hexKey)
	got, sealing := sm4Seal([]byte("286785A0D8894ABF"), message)
	if err != nil || sealing != nil || !bytes.Equal(got, want) {
		t.Errorf("SM4 differs from OpenSSL's: %v, %v", err, sealing)
	}
}

func TestSM2AgainstOpenSSL(t *testing.T) {
	private, err := openssl(t, nil, nil, "genpkey", "-algorithm", "SM2")
	if err != nil {
		t.Fatal(err)
	}
	public, err := openssl(t, private, nil, "pkey", "-pubout")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePrivateKey(string(private))
	if err != nil {
		t.Fatal(err)
	}
	peer, err := ParsePublicKey(string(public))
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("app_id=demo&key=演示")
	pkeyutl := []string{"pkeyutl", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:" + userID, "-in", "message"}

	signature, err := sm2Sign(key, message)
	if err != nil {
		t.Fatal(err)
	}
	der, err := asn1.Marshal(split(signature))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"message": message, "public": public, "private": private, "signature": der}
	if out, err := openssl(t, nil, files, append(pkeyutl, "-verify", "-pubin", "-inkey", "public", "-sigfile", "signature")...); err != nil {
		t.Errorf("OpenSSL refuses our signature: %s %v", out, err)
	}
	der, err = openssl(t, nil, files, append(pkeyutl, "-sign", "-inkey", "private")...)
	if err != nil {
		t.Fatal(err)
	}
	if !sm2Verify(peer, message, join(t, der)) {
		t.Error("we refuse OpenSSL's signature")
	}
	if block, _ := pem.Decode(public); block == nil {
		t.Error("no PEM")
	}
}

type derSignature struct{ R, S *big.Int }

// split is r‖s as the two numbers of a DER signature.
func split(signature []byte) derSignature {
	return derSignature{new(big.Int).SetBytes(signature[:sm2Size]), new(big.Int).SetBytes(signature[sm2Size:])}
}

// join is a DER signature as r‖s.
func join(t interface{ Fatal(...any) }, der []byte) []byte {
	var s derSignature
	if _, err := asn1.Unmarshal(der, &s); err != nil {
		t.Fatal(err)
	}
	return append(s.R.FillBytes(make([]byte, sm2Size)), s.S.FillBytes(make([]byte, sm2Size))...)
}
