// go-oidc: its verifier with keys found by discovery; the algorithm is pinned. Without metadata at the start it answers 503 and tries
// again each second, as the application has to. Built by prepare.sh with Debian's sources.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	oidc "github.com/coreos/go-oidc"
)

var bearer = regexp.MustCompile(`(?i)^bearer +([A-Za-z0-9._~+/-]+=*)$`)

// api has no verifier until the metadata is there.
type api struct{ verifier atomic.Value }

func (a *api) discover() error {
	provider, err := oidc.NewProvider(context.Background(), os.Getenv("CONFORM_ISSUER"))
	if err == nil {
		config := oidc.Config{ClientID: os.Getenv("CONFORM_AUDIENCE"), SupportedSigningAlgs: []string{oidc.RS256}}
		a.verifier.Store(provider.Verifier(&config))
	}
	return err
}

func answer(w http.ResponseWriter, status int, challenge string, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	if challenge != "" {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		answer(w, 401, "Bearer", map[string]string{"error": "missing"})
		return
	}
	match := bearer.FindStringSubmatch(values[0])
	if len(values) > 1 || match == nil {
		answer(w, 401, `Bearer error="invalid_token"`, map[string]string{"error": "malformed"})
		return
	}
	verifier, ready := a.verifier.Load().(*oidc.IDTokenVerifier)
	if !ready {
		answer(w, 503, "", map[string]string{"error": "no metadata yet"})
		return
	}
	var claims struct{ Scp, Name string }
	token, err := verifier.Verify(r.Context(), match[1])
	if err == nil {
		err = token.Claims(&claims)
	}
	if err != nil {
		answer(w, 401, `Bearer error="invalid_token"`, map[string]string{"error": "invalid"})
		return
	}
	for _, scope := range strings.Split(claims.Scp, " ") {
		if scope == os.Getenv("CONFORM_SCOPE") {
			answer(w, 200, "", map[string]string{"message": "Test successful", "user": claims.Name})
			return
		}
	}
	answer(w, 403, `Bearer error="insufficient_scope"`, map[string]string{"error": "scope"})
}

func main() {
	var a api
	if a.discover() != nil {
		go func() {
			for a.discover() != nil {
				time.Sleep(time.Second)
			}
		}()
	}
	server := http.Server{Addr: "127.0.0.1:" + os.Getenv("CONFORM_PORT"), Handler: &a}
	log.Fatal(server.ListenAndServe())
}
