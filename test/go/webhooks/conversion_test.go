package webhooks

import (
	"strings"
	"testing"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// TestConversion writes in each version and reads in the other: one by one, in lists, in watches, by patches and in the status.
func TestConversion(t *testing.T) {
	world, _ := install(t, envtest.WebhookInstallOptions{})
	ctx := within(t)
	events, err := world.client.Watch(ctx, &OldParcelList{}, client.InNamespace(space))
	must(t, err)
	t.Cleanup(events.Stop)
	expectEvent := func(kind watch.EventType, size string) {
		t.Helper()
		event := <-events.ResultChan()
		parcel, ok := event.Object.(*OldParcel)
		if !ok || event.Type != kind || parcel.Spec.Size != size {
			t.Fatalf("%s %+v", event.Type, event.Object)
		}
	}

	old := &OldParcel{ObjectMeta: named("a"), Spec: OldParcelSpec{Size: "3x4"}}
	must(t, world.client.Create(ctx, old))
	expectEvent(watch.Added, "3x4")
	parcel := &Parcel{}
	must(t, world.client.Get(ctx, client.ObjectKeyFromObject(old), parcel))
	if parcel.Spec != (ParcelSpec{Width: 3, Height: 4}) || parcel.UID != old.UID || parcel.ResourceVersion != old.ResourceVersion {
		t.Errorf("v2 is %+v, v1 was %+v", parcel, old)
	}

	parcel.Spec.Height = 6
	must(t, world.client.Update(ctx, parcel))
	expectEvent(watch.Modified, "3x6")
	must(t, world.client.Patch(ctx, old, client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"size":"3x7"}}`))))
	expectEvent(watch.Modified, "3x7")
	if old.Spec.Size != "3x7" || old.Generation != 3 {
		t.Errorf("patched to %+v in generation %d", old.Spec, old.Generation)
	}

	must(t, world.client.Create(ctx, &Parcel{ObjectMeta: named("b"), Spec: ParcelSpec{Width: 8, Height: 9}}))
	expectEvent(watch.Added, "8x9")
	list := &OldParcelList{}
	must(t, world.client.List(ctx, list, client.InNamespace(space)))
	if len(list.Items) != 2 || list.Items[0].Spec.Size != "3x7" || list.Items[1].Spec.Size != "8x9" {
		t.Errorf("the list is %+v", list.Items)
	}

	old.Status.Place = "Basel"
	must(t, world.client.Status().Update(ctx, old))
	expectEvent(watch.Modified, "3x7")
	must(t, world.client.Get(ctx, client.ObjectKeyFromObject(old), parcel))
	if parcel.Status.Place != "Basel" || parcel.Generation != 3 {
		t.Errorf("the status is %+v in generation %d", parcel.Status, parcel.Generation)
	}
	must(t, world.client.Delete(ctx, old))
	expectEvent(watch.Deleted, "3x7")
}

// TestFailedConversion refuses what cannot be converted in the words of the webhook, and stores nothing of it.
func TestFailedConversion(t *testing.T) {
	world, _ := install(t, envtest.WebhookInstallOptions{})
	ctx := within(t)
	wrong := &OldParcel{ObjectMeta: named("wrong"), Spec: OldParcelSpec{Size: "large"}}
	err := world.client.Create(ctx, wrong)
	if err == nil || !strings.Contains(err.Error(), `the size "large" is not of the form 3x4`) || apierrors.ReasonForError(err) != "" {
		t.Errorf("%q: %v", apierrors.ReasonForError(err), err)
	}
	if status, ok := err.(apierrors.APIStatus); !ok || status.Status().Code != 500 {
		t.Errorf("%+v", err)
	}
	if err := world.client.Get(ctx, client.ObjectKeyFromObject(wrong), &Parcel{}); !apierrors.IsNotFound(err) {
		t.Errorf("it is there: %v", err)
	}
}

// TestStorageVersion moves the storage from v1 to v2 while objects of both are there.
func TestStorageVersion(t *testing.T) {
	world, _ := install(t, envtest.WebhookInstallOptions{})
	ctx := within(t)
	definition := &apiextensions.CustomResourceDefinition{}
	store := func(version string) {
		t.Helper()
		must(t, world.client.Get(ctx, client.ObjectKey{Name: "parcels." + group}, definition))
		for at := range definition.Spec.Versions {
			definition.Spec.Versions[at].Storage = definition.Spec.Versions[at].Name == version
		}
		must(t, world.client.Update(ctx, definition))
	}
	store(oldVersion.Version)
	must(t, world.client.Create(ctx, &Parcel{ObjectMeta: named("a"), Spec: ParcelSpec{Width: 3, Height: 4}}))
	store(newVersion.Version)
	must(t, world.client.Create(ctx, &Parcel{ObjectMeta: named("b"), Spec: ParcelSpec{Width: 5, Height: 6}}))
	list := &OldParcelList{}
	must(t, world.client.List(ctx, list, client.InNamespace(space)))
	if len(list.Items) != 2 || list.Items[0].Spec.Size != "3x4" || list.Items[1].Spec.Size != "5x6" {
		t.Errorf("the list is %+v", list.Items)
	}
	must(t, world.client.Get(ctx, client.ObjectKey{Name: "parcels." + group}, definition))
	if stored := strings.Join(definition.Status.StoredVersions, " "); stored != "v2 v1" {
		t.Errorf("stored versions %s", stored)
	}
}
