package webhooks

import (
	"fmt"
	"strings"
	"testing"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"kcp.test/clients/server"
)

// TestConversion writes in each version and reads in the other: one by one, in lists, in watches, by patches and in the status.
func TestConversion(t *testing.T) {
	world, _ := install(t, envtest.WebhookInstallOptions{})
	ctx := server.Context(t)
	events, err := world.client.Watch(ctx, &OldParcelList{}, client.InNamespace(space))
	server.Must(t, err)
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
	server.Must(t, world.client.Create(ctx, old))
	expectEvent(watch.Added, "3x4")
	parcel := &Parcel{}
	server.Must(t, world.client.Get(ctx, client.ObjectKeyFromObject(old), parcel))
	if parcel.Spec != (ParcelSpec{Width: 3, Height: 4}) || parcel.UID != old.UID || parcel.ResourceVersion != old.ResourceVersion {
		t.Errorf("v2 is %+v, v1 was %+v", parcel, old)
	}

	parcel.Spec.Height = 6
	server.Must(t, world.client.Update(ctx, parcel))
	expectEvent(watch.Modified, "3x6")
	server.Must(t, world.client.Patch(ctx, old, client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"size":"3x7"}}`))))
	expectEvent(watch.Modified, "3x7")
	if old.Spec.Size != "3x7" || old.Generation != 3 {
		t.Errorf("patched to %+v in generation %d", old.Spec, old.Generation)
	}

	server.Must(t, world.client.Create(ctx, &Parcel{ObjectMeta: named("b"), Spec: ParcelSpec{Width: 8, Height: 9}}))
	expectEvent(watch.Added, "8x9")
	list := &OldParcelList{}
	server.Must(t, world.client.List(ctx, list, client.InNamespace(space)))
	if len(list.Items) != 2 || list.Items[0].Spec.Size != "3x7" || list.Items[1].Spec.Size != "8x9" {
		t.Errorf("the list is %+v", list.Items)
	}

	old.Status.Place = "Basel"
	server.Must(t, world.client.Status().Update(ctx, old))
	expectEvent(watch.Modified, "3x7")
	server.Must(t, world.client.Get(ctx, client.ObjectKeyFromObject(old), parcel))
	if parcel.Status.Place != "Basel" || parcel.Generation != 3 {
		t.Errorf("the status is %+v in generation %d", parcel.Status, parcel.Generation)
	}
	server.Must(t, world.client.Delete(ctx, old))
	expectEvent(watch.Deleted, "3x7")
}

// TestFailedConversion refuses what cannot be converted in the words of the webhook, and stores nothing of it.
func TestFailedConversion(t *testing.T) {
	world, _ := install(t, envtest.WebhookInstallOptions{})
	ctx := server.Context(t)
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
	ctx := server.Context(t)
	definition := &apiextensions.CustomResourceDefinition{}
	store := func(version string) {
		t.Helper()
		server.Must(t, world.client.Get(ctx, client.ObjectKey{Name: "parcels." + group}, definition))
		for at := range definition.Spec.Versions {
			definition.Spec.Versions[at].Storage = definition.Spec.Versions[at].Name == version
		}
		server.Must(t, world.client.Update(ctx, definition))
	}
	store(oldVersion.Version)
	server.Must(t, world.client.Create(ctx, &Parcel{ObjectMeta: named("a"), Spec: ParcelSpec{Width: 3, Height: 4}}))
	store(newVersion.Version)
	server.Must(t, world.client.Create(ctx, &Parcel{ObjectMeta: named("b"), Spec: ParcelSpec{Width: 5, Height: 6}}))
	list := &OldParcelList{}
	server.Must(t, world.client.List(ctx, list, client.InNamespace(space)))
	if len(list.Items) != 2 || list.Items[0].Spec.Size != "3x4" || list.Items[1].Spec.Size != "5x6" {
		t.Errorf("the list is %+v", list.Items)
	}
	server.Must(t, world.client.Get(ctx, client.ObjectKey{Name: "parcels." + group}, definition))
	if stored := strings.Join(definition.Status.StoredVersions, " "); stored != "v2 v1" {
		t.Errorf("stored versions %s", stored)
	}
}

// TestConvertedPages reads many objects of v2 in v1, page by page.
func TestConvertedPages(t *testing.T) {
	world, _ := install(t, envtest.WebhookInstallOptions{})
	ctx := server.Context(t)
	for at := range int64(30) {
		made := &Parcel{ObjectMeta: named(fmt.Sprintf("p%02d", at)), Spec: ParcelSpec{Width: at + 1, Height: 2}}
		server.Must(t, world.client.Create(ctx, made))
	}
	var sizes []string
	list := &OldParcelList{}
	for pages := 1; ; pages++ {
		server.Must(t, world.client.List(ctx, list, client.InNamespace(space), client.Limit(12), client.Continue(list.Continue)))
		for _, parcel := range list.Items {
			sizes = append(sizes, parcel.Spec.Size)
		}
		if list.Continue == "" {
			if pages != 3 {
				t.Errorf("%d pages", pages)
			}
			break
		}
	}
	for at, size := range sizes {
		if size != fmt.Sprintf("%dx2", at+1) {
			t.Errorf("number %d is %s", at, size)
		}
	}
	if len(sizes) != 30 {
		t.Errorf("%d parcels", len(sizes))
	}
}
