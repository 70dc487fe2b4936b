package webhooks

import (
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"kcp.test/clients/server"
)

const (
	one = client.FieldOwner("one")
	two = client.FieldOwner("two")
)

// TestApplyThroughWebhooks applies what a Defaulter completes: the applier owns what it wrote, and may apply it again.
func TestApplyThroughWebhooks(t *testing.T) {
	world, _ := install(t, both())
	ctx := server.Context(t)
	server.Must(t, world.client.Apply(ctx, sized(newVersion, map[string]any{"width": int64(3)}), one))
	world.expectAsked(t, "default CREATE v2", "validate CREATE v2")
	parcel := &Parcel{}
	server.Must(t, world.client.Get(ctx, client.ObjectKey{Namespace: space, Name: "applied"}, parcel))
	if parcel.Spec != (ParcelSpec{Width: 3, Height: 1, Area: 3}) {
		t.Errorf("applied %+v", parcel.Spec)
	}
	expectOwned(t, parcel, "one", `{"f:spec":{"f:width":{}}}`)

	server.Must(t, world.client.Apply(ctx, sized(newVersion, map[string]any{"width": int64(4)}), one))
	world.expectAsked(t, "default UPDATE v2", "validate UPDATE v2")
	err := world.client.Apply(ctx, sized(newVersion, map[string]any{"width": int64(2)}), one)
	expectDenial(t, err, metav1.Status{Code: 403, Reason: "Forbidden", Message: "parcels do not shrink"})
}

// TestApplyInVersions has two apply the same object in different versions: who owns what is found out by converting.
func TestApplyInVersions(t *testing.T) {
	world, _ := install(t, envtest.WebhookInstallOptions{})
	ctx := server.Context(t)
	server.Must(t, world.client.Apply(ctx, sized(newVersion, map[string]any{"width": int64(3), "height": int64(4)}), one))
	server.Must(t, world.client.Apply(ctx, sized(oldVersion, map[string]any{"size": "3x4"}), two))
	fight := sized(oldVersion, map[string]any{"size": "5x4"})
	err := world.client.Apply(ctx, fight, two)
	if !apierrors.IsConflict(err) || !strings.Contains(err.Error(), `conflict with "one": .spec.width`) {
		t.Errorf("%v", err)
	}
	server.Must(t, world.client.Apply(ctx, sized(oldVersion, map[string]any{"size": "5x4"}), two, client.ForceOwnership))
	parcel := &Parcel{}
	server.Must(t, world.client.Get(ctx, client.ObjectKey{Namespace: space, Name: "applied"}, parcel))
	if parcel.Spec.Width != 5 || parcel.Spec.Height != 4 {
		t.Errorf("applied %+v", parcel.Spec)
	}
	expectOwned(t, parcel, "one", `{"f:spec":{"f:height":{}}}`)
	expectOwned(t, parcel, "two", `{"f:spec":{"f:size":{}}}`)
}

func sized(version schema.GroupVersion, spec map[string]any) runtime.ApplyConfiguration {
	made := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	made.SetGroupVersionKind(version.WithKind("Parcel"))
	made.SetNamespace(space)
	made.SetName("applied")
	return client.ApplyConfigurationFromUnstructured(made)
}

func expectOwned(t *testing.T, parcel *Parcel, manager, fields string) {
	t.Helper()
	for _, entry := range parcel.ManagedFields {
		if entry.Manager == manager {
			if got := string(entry.FieldsV1.GetRawBytes()); got != fields {
				t.Errorf("%s owns %s, wanted %s", manager, got, fields)
			}
			return
		}
	}
	t.Errorf("%s owns nothing: %+v", manager, parcel.ManagedFields)
}
