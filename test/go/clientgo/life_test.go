package clientgo

import (
	"context"
	"encoding/json"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/retry"

	"kcp.test/clients/server"
)

type object interface {
	metav1.Object
	runtime.Object
}

// typed is what all generated clients of a kind can do.
type typed[T object, L runtime.Object] interface {
	Create(context.Context, T, metav1.CreateOptions) (T, error)
	Get(context.Context, string, metav1.GetOptions) (T, error)
	List(context.Context, metav1.ListOptions) (L, error)
	Watch(context.Context, metav1.ListOptions) (watch.Interface, error)
	Update(context.Context, T, metav1.UpdateOptions) (T, error)
	Patch(context.Context, string, types.PatchType, []byte, metav1.PatchOptions, ...string) (T, error)
	Delete(context.Context, string, metav1.DeleteOptions) error
}

// kind is a kind with its client and a sound object of it.
type kind struct {
	name string
	live func(*testing.T)
}

// lifeOf takes an object through its life by a typed client: created, read, listed, watched, updated, patched, deleted.
func lifeOf[T object, L runtime.Object](name string, client typed[T, L], sample T) kind {
	return kind{name, func(t *testing.T) {
		ctx := server.Context(t)
		named := fields.OneTermEqualSelector("metadata.name", sample.GetName()).String()
		before, err := client.List(ctx, metav1.ListOptions{FieldSelector: named})
		must(t, err)
		events, err := client.Watch(ctx, metav1.ListOptions{FieldSelector: named, ResourceVersion: versionOf(t, before)})
		must(t, err)
		defer events.Stop()

		made, err := client.Create(ctx, sample, metav1.CreateOptions{})
		must(t, err)
		if created := made.GetCreationTimestamp(); made.GetUID() == "" || made.GetResourceVersion() == "" || created.IsZero() {
			t.Errorf("created without uid, version or time: %v", made)
		}
		expect(t, events, watch.Added, sample.GetName())
		if _, err := client.Create(ctx, sample, metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) {
			t.Errorf("created twice: %v", err)
		}

		read, err := client.Get(ctx, sample.GetName(), metav1.GetOptions{})
		must(t, err)
		if read.GetUID() != made.GetUID() {
			t.Errorf("read another object: %v, not %v", read.GetUID(), made.GetUID())
		}
		contains(t, client, named)

		must(t, retry.RetryOnConflict(retry.DefaultRetry, func() error { // controllers of the server may write too
			changed, err := client.Get(ctx, sample.GetName(), metav1.GetOptions{})
			must(t, err)
			changed.SetLabels(map[string]string{"step": "updated"})
			updated, err := client.Update(ctx, changed, metav1.UpdateOptions{})
			if err == nil && updated.GetLabels()["step"] != "updated" {
				t.Errorf("the update is lost: %v", updated.GetLabels())
			}
			return err
		}))
		expect(t, events, watch.Modified, sample.GetName())
		if _, err := client.Update(ctx, made, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
			t.Errorf("an update of an old version: %v", err)
		}

		for patchType, patch := range patches {
			patched, err := client.Patch(ctx, sample.GetName(), patchType, patch, metav1.PatchOptions{})
			must(t, err)
			if patched.GetAnnotations()["patched"] != string(patchType) {
				t.Errorf("%s is lost: %v", patchType, patched.GetAnnotations())
			}
		}

		must(t, client.Delete(ctx, sample.GetName(), metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: ref(made.GetUID())}}))
		expect(t, events, watch.Deleted, sample.GetName())
		if _, err := client.Get(ctx, sample.GetName(), metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("read after the delete: %v", err)
		}
	}}
}

var patches = map[types.PatchType][]byte{
	types.MergePatchType:          annotate(types.MergePatchType),
	types.StrategicMergePatchType: annotate(types.StrategicMergePatchType),
	types.JSONPatchType:           []byte(`[{"op":"add","path":"/metadata/annotations","value":{"patched":"application/json-patch+json"}}]`),
}

func annotate(by types.PatchType) []byte {
	patch, _ := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]string{"patched": string(by)}}})
	return patch
}

// expect reads events up to the first of a type; more of MODIFIED may come before.
func expect(t *testing.T, events watch.Interface, wanted watch.EventType, name string) {
	t.Helper()
	for event := range events.ResultChan() {
		accessor, err := meta.Accessor(event.Object)
		if err != nil {
			t.Fatalf("waiting for %s: %s %v", wanted, event.Type, event.Object)
		}
		if event.Type == wanted && accessor.GetName() == name {
			return
		}
		if event.Type != watch.Modified {
			t.Fatalf("waiting for %s of %s: %s of %s", wanted, name, event.Type, accessor.GetName())
		}
	}
	t.Fatalf("the watch ended before %s of %s", wanted, name)
}

func contains[T object, L runtime.Object](t *testing.T, client typed[T, L], selector string) {
	t.Helper()
	found, err := client.List(server.Context(t), metav1.ListOptions{FieldSelector: selector})
	must(t, err)
	if meta.LenList(found) != 1 {
		t.Errorf("%d objects listed by %s, not one", meta.LenList(found), selector)
	}
}

func versionOf(t *testing.T, list runtime.Object) string {
	t.Helper()
	accessor, err := meta.ListAccessor(list)
	must(t, err)
	return accessor.GetResourceVersion()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ref[T any](value T) *T {
	return &value
}
