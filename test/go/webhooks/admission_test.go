package webhooks

import (
	"fmt"
	"strings"
	"testing"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"kcp.test/clients/server"
)

func both() envtest.WebhookInstallOptions {
	return envtest.WebhookInstallOptions{
		MutatingWebhooks:   mutating(mutatingHook("default", mutatePath)),
		ValidatingWebhooks: validating(validatingHook("validate")),
	}
}

// TestDefaults has a Defaulter complete what is made and changed, in dry runs too.
func TestDefaults(t *testing.T) {
	world, _ := install(t, both())
	ctx := server.Context(t)
	parcel := &Parcel{ObjectMeta: named("one"), Spec: ParcelSpec{Width: 3}}
	server.Must(t, world.client.Create(ctx, parcel))
	if parcel.Spec != (ParcelSpec{Width: 3, Height: 1, Area: 3}) {
		t.Errorf("made %+v", parcel.Spec)
	}
	world.expectAsked(t, "default CREATE v2", "validate CREATE v2")

	parcel.Spec.Height = 5
	server.Must(t, world.client.Update(ctx, parcel))
	if parcel.Spec.Area != 15 || parcel.Generation != 2 {
		t.Errorf("changed to %+v in generation %d", parcel.Spec, parcel.Generation)
	}
	world.expectAsked(t, "default UPDATE v2", "validate UPDATE v2")

	tried := &Parcel{ObjectMeta: named("tried"), Spec: ParcelSpec{Height: 7}}
	server.Must(t, world.client.Create(ctx, tried, client.DryRunAll))
	if tried.Spec.Area != 7 {
		t.Errorf("tried %+v", tried.Spec)
	}
	world.expectAsked(t, "default CREATE v2 dry", "validate CREATE v2 dry")
	if err := world.client.Get(ctx, client.ObjectKeyFromObject(tried), tried); !apierrors.IsNotFound(err) {
		t.Errorf("a dry run left %v", err)
	}

	// the rules name no sub-resource
	parcel.Status.Place = "here"
	server.Must(t, world.client.Status().Update(ctx, parcel))
	world.expectAsked(t)
}

// TestDenials has a Validator warn and refuse, with the code, the reason and the causes that it gives.
func TestDenials(t *testing.T) {
	world, _ := install(t, both())
	ctx := server.Context(t)
	server.Must(t, world.client.Create(ctx, &Parcel{ObjectMeta: named("wide"), Spec: ParcelSpec{Width: 20}}))
	world.warnings.expect(t, "wide parcels take longer")

	err := world.client.Create(ctx, &Parcel{ObjectMeta: named("huge"), Spec: ParcelSpec{Width: 101}})
	world.warnings.expect(t, "wide parcels take longer")
	expectDenial(t, err, metav1.Status{Code: 422, Reason: metav1.StatusReasonInvalid, Message: "Parcel.parcels.kcp.test \"huge\" is invalid: " +
		"spec.width: Invalid value: 101: fits through no door"})
	if cause, ok := apierrors.StatusCause(err, metav1.CauseTypeFieldValueInvalid); !ok || cause.Field != "spec.width" {
		t.Errorf("the cause is %+v", cause)
	}

	bomb := &Parcel{ObjectMeta: named("bomb")}
	bomb.Labels = map[string]string{ticking: "yes"}
	expectDenial(t, world.client.Create(ctx, bomb), metav1.Status{Code: 500, Message: "panic: it ticks [recovered]"})

	kept := &Parcel{ObjectMeta: named("kept"), Spec: ParcelSpec{Width: 9}}
	kept.Labels = map[string]string{keep: "yes"}
	server.Must(t, world.client.Create(ctx, kept))
	smaller := kept.DeepCopyObject().(*Parcel)
	smaller.Spec.Width = 8
	err = world.client.Update(ctx, smaller)
	world.warnings.expect(t, "look for another box")
	expectDenial(t, err, metav1.Status{Code: 403, Reason: metav1.StatusReasonForbidden, Message: "parcels do not shrink"})

	err = world.client.Delete(ctx, kept)
	expectDenial(t, err, metav1.Status{Code: 409, Reason: metav1.StatusReasonConflict, Message: "Operation cannot be fulfilled on " +
		"parcels.parcels.kcp.test \"kept\": it is kept"})
	server.Must(t, world.client.Patch(ctx, kept, client.RawPatch("application/json-patch+json", []byte(`[{"op":"remove","path":"/metadata/labels/keep"}]`))))
	server.Must(t, world.client.Delete(ctx, kept))
	world.warnings.expect(t)
}

// TestReinvocation asks a hook again whose work a later one has undone, if it wants to be.
func TestReinvocation(t *testing.T) {
	ifNeeded := admissionregistration.IfNeededReinvocationPolicy
	again := mutatingHook("default", mutatePath)
	again.ReinvocationPolicy = &ifNeeded
	world, _ := install(t, envtest.WebhookInstallOptions{MutatingWebhooks: mutating(again, mutatingHook("even", "/even"))})
	ctx := server.Context(t)
	parcel := &Parcel{ObjectMeta: named("odd"), Spec: ParcelSpec{Width: 3, Height: 5}}
	server.Must(t, world.client.Create(ctx, parcel))
	if parcel.Spec != (ParcelSpec{Width: 4, Height: 5, Area: 20}) {
		t.Errorf("made %+v", parcel.Spec)
	}
	world.expectAsked(t, "default CREATE v2", "even CREATE v2", "default CREATE v2")

	server.Must(t, world.client.Create(ctx, &Parcel{ObjectMeta: named("even"), Spec: ParcelSpec{Width: 2}}))
	world.expectAsked(t, "default CREATE v2", "even CREATE v2")

	configuration := &admissionregistration.MutatingWebhookConfiguration{}
	server.Must(t, world.client.Get(ctx, client.ObjectKey{Name: "parcels"}, configuration))
	never := admissionregistration.NeverReinvocationPolicy
	configuration.Webhooks[0].ReinvocationPolicy = &never
	server.Must(t, world.client.Update(ctx, configuration))
	eventually(t, func() error {
		once := &Parcel{ObjectMeta: named("once"), Spec: ParcelSpec{Width: 3, Height: 5}}
		if err := world.client.Create(ctx, once, client.DryRunAll); err != nil || once.Spec == (ParcelSpec{Width: 4, Height: 5, Area: 15}) {
			return err
		}
		return fmt.Errorf("made %+v", once.Spec)
	})
}

func expectDenial(t *testing.T, err error, wanted metav1.Status) {
	t.Helper()
	status, ok := err.(apierrors.APIStatus)
	if !ok {
		t.Fatalf("%v is no answer of a server", err)
	}
	got := status.Status()
	if got.Code != wanted.Code || got.Reason != wanted.Reason {
		t.Errorf("%d %s, wanted %d %s", got.Code, got.Reason, wanted.Code, wanted.Reason)
	}
	if prefix := "admission webhook \"validate.parcels.kcp.test\" denied the request: "; strings.TrimPrefix(got.Message, prefix) != wanted.Message {
		t.Errorf("%q, wanted %q", got.Message, prefix+wanted.Message)
	}
}
