package webhooks

import (
	"fmt"
	"strings"
	"testing"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"kcp.test/clients/server"
)

// TestOutage stops the operator: what must be asked about is refused, what may go on without does, and all is well when it is back.
func TestOutage(t *testing.T) {
	ignore := admissionregistration.Ignore
	lenient := mutatingHook("default", mutatePath)
	lenient.FailurePolicy = &ignore
	world, stop := install(t, envtest.WebhookInstallOptions{
		MutatingWebhooks: mutating(lenient), ValidatingWebhooks: validating(validatingHook("validate")),
	})
	ctx := server.Context(t)
	early := &Parcel{ObjectMeta: named("early"), Spec: ParcelSpec{Width: 3, Height: 4}}
	server.Must(t, world.client.Create(ctx, early))
	world.seen()

	stop()
	late := &Parcel{ObjectMeta: named("late"), Spec: ParcelSpec{Width: 5}}
	refused := `failed calling webhook "validate.parcels.kcp.test": failed to call webhook: Post "https://` + world.hooks.LocalServingHost
	expectOutage(t, world.client.Create(ctx, late), refused)
	expectOutage(t, world.client.Delete(ctx, early), refused)
	server.Must(t, world.client.Get(ctx, client.ObjectKeyFromObject(early), early))

	configuration := &admissionregistration.ValidatingWebhookConfiguration{}
	server.Must(t, world.client.Get(ctx, client.ObjectKey{Name: "parcels"}, configuration))
	configuration.Webhooks[0].FailurePolicy = &ignore
	server.Must(t, world.client.Update(ctx, configuration))
	eventually(t, func() error { return client.IgnoreAlreadyExists(world.client.Create(ctx, late)) })
	if late.Spec.Area != 0 {
		t.Errorf("nobody could have made it %+v", late.Spec)
	}

	world.start(t)
	late.Spec.Height = 2
	server.Must(t, world.client.Update(ctx, late))
	if late.Spec.Area != 10 {
		t.Errorf("changed to %+v", late.Spec)
	}
	world.expectAsked(t, "default UPDATE v2", "validate UPDATE v2")
}

// TestTimeout has a hook that never answers hold nobody up for longer than its time: then the request fails, or goes on without it.
func TestTimeout(t *testing.T) {
	ignore, second := admissionregistration.Ignore, int32(1)
	slow := mutatingHook("slow", "/slow")
	slow.FailurePolicy, slow.TimeoutSeconds = &ignore, &second
	world, _ := install(t, envtest.WebhookInstallOptions{MutatingWebhooks: mutating(slow)})
	ctx := server.Context(t)
	server.Must(t, world.client.Create(ctx, &Parcel{ObjectMeta: named("lucky")}))
	world.expectAsked(t, "slow CREATE v2")

	configuration, fail := &admissionregistration.MutatingWebhookConfiguration{}, admissionregistration.Fail
	server.Must(t, world.client.Get(ctx, client.ObjectKey{Name: "parcels"}, configuration))
	configuration.Webhooks[0].FailurePolicy = &fail
	server.Must(t, world.client.Update(ctx, configuration))
	eventually(t, func() error {
		err := world.client.Create(ctx, &Parcel{ObjectMeta: named("late")}, client.DryRunAll)
		if !apierrors.IsInternalError(err) || !strings.HasSuffix(err.Error(), "context deadline exceeded") {
			return fmt.Errorf("the hook did not count: %w", err)
		}
		return nil
	})
}

// TestConversionOutage stops the operator: v2, which is what is stored, is served on; of v1 nothing is, until it is back.
func TestConversionOutage(t *testing.T) {
	world, stop := install(t, envtest.WebhookInstallOptions{})
	ctx := server.Context(t)
	old := &OldParcel{ObjectMeta: named("a"), Spec: OldParcelSpec{Size: "3x4"}}
	server.Must(t, world.client.Create(ctx, old))
	key := client.ObjectKeyFromObject(old)

	stop()
	parcel, list := &Parcel{}, &OldParcelList{}
	server.Must(t, world.client.Get(ctx, key, parcel))
	refused := "failed: Post \"https://" + world.hooks.LocalServingHost
	// lists may come from a cache that has them converted
	expectFailure(t, world.client.Get(ctx, key, &OldParcel{}), refused)
	expectFailure(t, world.client.Update(ctx, old), refused)
	parcel.Spec.Height = 5
	server.Must(t, world.client.Update(ctx, parcel))

	world.start(t)
	server.Must(t, world.client.Get(ctx, key, old))
	server.Must(t, world.client.List(ctx, list, client.InNamespace(space)))
	if old.Spec.Size != "3x5" || len(list.Items) != 1 {
		t.Errorf("%+v, and %d in the list", old.Spec, len(list.Items))
	}
}

// expectOutage wants an internal error that says which webhook was not reached.
func expectOutage(t *testing.T, err error, text string) {
	t.Helper()
	if !apierrors.IsInternalError(err) {
		t.Errorf("%q: %v", apierrors.ReasonForError(err), err)
	}
	expectFailure(t, err, text)
}

// expectFailure wants a 500 of the server with a text, and what became of the connection.
func expectFailure(t *testing.T, err error, text string) {
	t.Helper()
	status, ok := err.(apierrors.APIStatus)
	if !ok || status.Status().Code != 500 {
		t.Fatalf("%+v", err)
	}
	if message := status.Status().Message; !strings.Contains(message, text) || !strings.Contains(message, "connection refused") {
		t.Errorf("%q has no %q", message, text)
	}
}

// TestCacheThroughOutage has a cache that follows v1 miss nothing of what was changed in v2 while nobody could convert it.
func TestCacheThroughOutage(t *testing.T) {
	world, stop := install(t, envtest.WebhookInstallOptions{})
	ctx := server.Context(t)
	made := &Parcel{ObjectMeta: named("a"), Spec: ParcelSpec{Width: 3, Height: 4}}
	server.Must(t, world.client.Create(ctx, made))
	followed, err := cache.New(world.config, cache.Options{Scheme: world.scheme, Mapper: world.client.RESTMapper()})
	server.Must(t, err)
	server.Must(t, followed.IndexField(ctx, &OldParcel{}, "size", func(object client.Object) []string { return []string{object.(*OldParcel).Spec.Size} }))
	go followed.Start(ctx)
	comesTo := func(size string) {
		t.Helper()
		eventually(t, func() error {
			list := &OldParcelList{}
			if err := followed.List(ctx, list, client.MatchingFields{"size": size}); err != nil || len(list.Items) == 1 {
				return err
			}
			return fmt.Errorf("no parcel of size %s", size)
		})
	}
	comesTo("3x4")

	stop()
	made.Spec.Width = 5
	server.Must(t, world.client.Update(ctx, made))
	made.Spec.Width = 6
	server.Must(t, world.client.Update(ctx, made))
	world.start(t)
	comesTo("6x4")
	made.Spec.Width = 7
	server.Must(t, world.client.Update(ctx, made))
	comesTo("7x4")
}

// TestLeaving takes the definition and its objects away after the operator is gone, as who uninstalls it does.
func TestLeaving(t *testing.T) {
	world, stop := install(t, envtest.WebhookInstallOptions{ValidatingWebhooks: validating(validatingHook("validate"))})
	ctx := server.Context(t)
	old := &OldParcel{ObjectMeta: named("a"), Spec: OldParcelSpec{Size: "3x4"}}
	server.Must(t, world.client.Create(ctx, old))

	stop()
	server.Must(t, world.client.DeleteAllOf(ctx, &admissionregistration.ValidatingWebhookConfiguration{}))
	definition := &apiextensions.CustomResourceDefinition{}
	definition.Name = "parcels." + group
	eventually(t, func() error {
		return world.client.Create(ctx, &Parcel{ObjectMeta: named("b")}, client.DryRunAll)
	})
	server.Must(t, world.client.Delete(ctx, definition))
	eventually(t, func() error {
		if err := world.client.Get(ctx, client.ObjectKeyFromObject(definition), definition); !apierrors.IsNotFound(err) {
			return fmt.Errorf("the definition is there: %w", err)
		}
		return nil
	})
}
