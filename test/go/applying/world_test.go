package applying

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	core "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"kcp.test/clients/server"
)

const (
	space = "applied"
	one   = client.FieldOwner("one")
	two   = client.FieldOwner("two")
)

// enter makes a client of a logical cluster that has a namespace.
func enter(t *testing.T) (client.Client, *rest.Config) {
	t.Helper()
	scheme := runtime.NewScheme()
	server.Must(t, clientgoscheme.AddToScheme(scheme))
	server.Must(t, apiextensions.AddToScheme(scheme))
	config := server.Config(t)
	made, err := client.New(config, client.Options{Scheme: scheme})
	server.Must(t, err)
	server.Must(t, made.Create(server.Context(t), &core.Namespace{ObjectMeta: metav1.ObjectMeta{Name: space}}))
	return made, config
}

// enterWithRacks also defines racks.
func enterWithRacks(t *testing.T) client.Client {
	t.Helper()
	made, config := enter(t)
	_, err := envtest.InstallCRDs(config, envtest.CRDInstallOptions{
		Scheme: made.Scheme(), CRDs: []*apiextensions.CustomResourceDefinition{racks()},
	})
	server.Must(t, err)
	return made
}

// expectManagers compares who manages an object: manager, operation, sub-resource.
func expectManagers(t *testing.T, object metav1.Object, wanted ...string) {
	t.Helper()
	var got []string
	for _, entry := range object.GetManagedFields() {
		text := fmt.Sprintf("%s %s", entry.Manager, entry.Operation)
		if entry.Subresource != "" {
			text += " " + entry.Subresource
		}
		got = append(got, text)
	}
	slices.Sort(got)
	if !slices.Equal(got, wanted) {
		t.Errorf("managers %q, wanted %q", got, wanted)
	}
}

// expectConflict wants a 409 that names each field and its manager.
func expectConflict(t *testing.T, err error, wanted ...string) {
	t.Helper()
	if !apierrors.IsConflict(err) {
		t.Fatalf("%v is no conflict", err)
	}
	var got []string
	for _, cause := range err.(apierrors.APIStatus).Status().Details.Causes {
		if cause.Type != metav1.CauseTypeFieldManagerConflict {
			t.Errorf("a cause of type %s", cause.Type)
		}
		got = append(got, cause.Field+": "+cause.Message)
	}
	if !slices.Equal(got, wanted) {
		t.Errorf("conflicts %q, wanted %q", got, wanted)
	}
}

// expectJSON compares a value with what it is as JSON.
func expectJSON(t *testing.T, value any, wanted string) {
	t.Helper()
	if got, err := json.Marshal(value); err != nil || string(got) != wanted {
		t.Errorf("%s (%v), wanted %s", got, err, wanted)
	}
}
