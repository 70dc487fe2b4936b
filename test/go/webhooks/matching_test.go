package webhooks

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	authentication "k8s.io/api/authentication/v1"
	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"kcp.test/clients/server"
)

// TestEquivalent has hooks for v2 be asked about requests in v1, converted there and back, unless they want v2 exactly.
func TestEquivalent(t *testing.T) {
	exact := admissionregistration.Exact
	strict := mutatingHook("even", "/even")
	strict.MatchPolicy = &exact
	world, _ := install(t, envtest.WebhookInstallOptions{
		MutatingWebhooks: mutating(mutatingHook("default", mutatePath), strict), ValidatingWebhooks: validating(validatingHook("validate")),
	})
	ctx := server.Context(t)
	old := &OldParcel{ObjectMeta: named("a"), Spec: OldParcelSpec{Size: "3x5"}}
	server.Must(t, world.client.Create(ctx, old))
	if old.Spec != (OldParcelSpec{Size: "3x5", Area: 15}) {
		t.Errorf("made %+v", old.Spec)
	}
	world.expectAsked(t, "default CREATE v2 from v1", "validate CREATE v2 from v1")
	old.Spec.Size = "3x6"
	server.Must(t, world.client.Update(ctx, old))
	if old.Spec.Area != 18 {
		t.Errorf("changed to %+v", old.Spec)
	}
	world.expectAsked(t, "default UPDATE v2 from v1", "validate UPDATE v2 from v1")
	server.Must(t, world.client.Delete(ctx, old))
	world.expectAsked(t, "validate DELETE v2 from v1")
}

// TestDeleteAllOf asks about each of those that are to be deleted together, and keeps those that are refused.
func TestDeleteAllOf(t *testing.T) {
	world, _ := install(t, envtest.WebhookInstallOptions{ValidatingWebhooks: validating(validatingHook("validate"))})
	ctx := server.Context(t)
	for _, name := range []string{"a", "b", "c"} {
		made := &Parcel{ObjectMeta: named(name)}
		made.Labels = map[string]string{"batch": "1"}
		server.Must(t, world.client.Create(ctx, made))
	}
	kept := &Parcel{ObjectMeta: named("kept")}
	kept.Labels = map[string]string{keep: "yes"}
	server.Must(t, world.client.Create(ctx, kept))
	world.seen()
	batch := []client.DeleteAllOfOption{client.InNamespace(space), client.MatchingLabels{"batch": "1"}}
	server.Must(t, world.client.DeleteAllOf(ctx, &Parcel{}, batch...))
	world.expectAsked(t, "validate DELETE v2", "validate DELETE v2", "validate DELETE v2")
	if err := world.client.DeleteAllOf(ctx, &Parcel{}, client.InNamespace(space)); !apierrors.IsConflict(err) {
		t.Errorf("the kept one went: %v", err)
	}
	server.Must(t, world.client.Get(ctx, client.ObjectKeyFromObject(kept), kept))
}

// TestBuiltinKind has a hook complete ConfigMaps that are written in protobuf, those that its conditions choose, and say who wrote them.
func TestBuiltinKind(t *testing.T) {
	hook := mutatingHook("sign", "/sign")
	hook.Rules = []admissionregistration.RuleWithOperations{{
		Operations: []admissionregistration.OperationType{admissionregistration.Create},
		Rule:       admissionregistration.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"configmaps"}},
	}}
	hook.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": space}}
	hook.MatchConditions = []admissionregistration.MatchCondition{{Name: "drafts", Expression: "object.metadata.?labels.draft.orValue('') == ''"}}
	world, _ := installUnasked(t, envtest.WebhookInstallOptions{MutatingWebhooks: mutating(hook)})
	ctx := server.Context(t)
	typed := *world.config
	typed.ContentType = server.Protobuf
	maps := kubernetes.NewForConfigOrDie(&typed).CoreV1().ConfigMaps(space)
	eventually(t, func() error {
		made, err := maps.Create(ctx, &core.ConfigMap{ObjectMeta: metav1.ObjectMeta{GenerateName: "a-"}}, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		by := authentication.UserInfo{}
		if err := json.Unmarshal(made.BinaryData["by"], &by); err != nil {
			return err
		}
		if by.Username != "admin" || len(by.Groups) == 0 {
			t.Errorf("signed by %+v", by)
		}
		return nil
	})
	draft := &core.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "draft", Labels: map[string]string{"draft": "yes"}}}
	made, err := maps.Create(ctx, draft, metav1.CreateOptions{})
	server.Must(t, err)
	if len(made.BinaryData) != 0 {
		t.Errorf("a draft was signed: %+v", made)
	}
}

// sign puts who makes a ConfigMap into it.
func sign(_ context.Context, request admission.Request) admission.Response {
	signed := &core.ConfigMap{}
	by, err := json.Marshal(request.UserInfo)
	if err == nil {
		err = json.Unmarshal(request.Object.Raw, signed)
	}
	if err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	signed.BinaryData = map[string][]byte{"by": by}
	changed, err := json.Marshal(signed)
	if err != nil {
		return admission.Errored(http.StatusInternalServerError, err)
	}
	return admission.PatchResponseFromRaw(request.Object.Raw, changed)
}
