// Package server says where the server under test is. Whoever runs these tests starts one and names it in the environment.
package server

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
)

// Protobuf is what typed clients speak.
const Protobuf = runtime.ContentTypeProtobuf

// Limit is how long a test may wait for the server.
const Limit = 30 * time.Second

// Config is that of an administrator of a logical cluster that no other test uses: it has the name of the test.
func Config(t *testing.T) *rest.Config {
	t.Helper()
	return ConfigOf(t, ClusterOf(t))
}

// ClusterOf is the name of a test's own logical cluster.
func ClusterOf(t *testing.T) string {
	return "go-" + strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))
}

// ConfigOf is that of an administrator of a logical cluster; "*" stands for all of them.
func ConfigOf(t *testing.T, cluster string) *rest.Config {
	t.Helper()
	return &rest.Config{
		Host:            need(t, "KCP_URL") + "/clusters/" + cluster,
		BearerToken:     need(t, "KCP_TOKEN"),
		TLSClientConfig: rest.TLSClientConfig{CAFile: need(t, "KCP_CA_FILE")},
		QPS:             -1,
		UserAgent:       "kcp-test-clients",
	}
}

// Context ends with the test, or after Limit.
func Context(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), Limit)
	t.Cleanup(cancel)
	return ctx
}

// Must ends a test that something went wrong in.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func need(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set", name)
	}
	return value
}
