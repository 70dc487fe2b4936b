package webhooks

import (
	"strings"
	"testing"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"kcp.test/clients/server"
)

// TestRotation gives the operator a certificate of another authority: nobody trusts it until the configurations name that one.
func TestRotation(t *testing.T) {
	world, stop := install(t, envtest.WebhookInstallOptions{ValidatingWebhooks: validating(validatingHook("validate"))})
	ctx := server.Context(t)
	old := &OldParcel{ObjectMeta: named("a"), Spec: OldParcelSpec{Size: "3x4"}}
	server.Must(t, world.client.Create(ctx, old))

	stop()
	next := envtest.WebhookInstallOptions{LocalServingHost: world.hooks.LocalServingHost}
	server.Must(t, next.PrepWithoutInstalling())
	t.Cleanup(func() { server.Must(t, next.Cleanup()) })
	world.hooks.LocalServingCertDir, next.LocalServingCertDir = next.LocalServingCertDir, world.hooks.LocalServingCertDir
	world.start(t)
	parcel := &Parcel{ObjectMeta: named("b")}
	expectUntrusted(t, world.client.Create(ctx, parcel))
	expectUntrusted(t, world.client.Get(ctx, client.ObjectKeyFromObject(old), old))

	configuration := &admissionregistration.ValidatingWebhookConfiguration{}
	server.Must(t, world.client.Get(ctx, client.ObjectKey{Name: "parcels"}, configuration))
	configuration.Webhooks[0].ClientConfig.CABundle = next.LocalServingCAData
	server.Must(t, world.client.Update(ctx, configuration))
	definition := &apiextensions.CustomResourceDefinition{}
	server.Must(t, world.client.Get(ctx, client.ObjectKey{Name: "parcels." + group}, definition))
	definition.Spec.Conversion.Webhook.ClientConfig.CABundle = next.LocalServingCAData
	server.Must(t, world.client.Update(ctx, definition))
	eventually(t, func() error { return world.client.Create(ctx, parcel) })
	eventually(t, func() error { return world.client.Get(ctx, client.ObjectKeyFromObject(old), old) })
}

func expectUntrusted(t *testing.T, err error) {
	t.Helper()
	status, ok := err.(apierrors.APIStatus)
	if !ok || status.Status().Code != 500 || !strings.Contains(err.Error(), "x509: certificate signed by unknown authority") {
		t.Errorf("%v", err)
	}
}
