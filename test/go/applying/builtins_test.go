package applying

import (
	"testing"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"kcp.test/clients/server"
)

func config(data map[string]string) *applycore.ConfigMapApplyConfiguration {
	return applycore.ConfigMap("shared", space).WithData(data)
}

// TestConfigMap is applied by two: each has its own keys, may take the other's by force, and gives up what it leaves out.
func TestConfigMap(t *testing.T) {
	apply, _ := enter(t)
	ctx, found, key := server.Context(t), &core.ConfigMap{}, client.ObjectKey{Namespace: space, Name: "shared"}
	made := config(map[string]string{"a": "1", "b": "1"})
	server.Must(t, apply.Apply(ctx, made, one))
	if made.UID == nil || *made.ResourceVersion == "" {
		t.Errorf("the answer is %+v", made)
	}
	expectConflict(t, apply.Apply(ctx, config(map[string]string{"a": "2", "b": "2", "c": "2"}), two),
		`.data.a: conflict with "one"`, `.data.b: conflict with "one"`)
	server.Must(t, apply.Apply(ctx, config(map[string]string{"a": "1", "c": "2"}), two)) // the same value is nobody's alone

	server.Must(t, apply.Apply(ctx, config(map[string]string{"b": "1"}), one))
	server.Must(t, apply.Get(ctx, key, found))
	expectJSON(t, found.Data, `{"a":"1","b":"1","c":"2"}`)
	expectManagers(t, found, "one Apply", "two Apply")

	server.Must(t, apply.Apply(ctx, config(map[string]string{"b": "2"}), two, client.ForceOwnership))
	server.Must(t, apply.Get(ctx, key, found))
	expectJSON(t, found.Data, `{"b":"2"}`)
	expectManagers(t, found, "two Apply")

	before := found.ResourceVersion
	server.Must(t, apply.Apply(ctx, config(map[string]string{"b": "2"}), two))
	server.Must(t, apply.Get(ctx, key, found))
	if found.ResourceVersion != before {
		t.Error("applying the same again wrote something")
	}
}

// TestUpdateBetween has a plain update take a field away from who applied it.
func TestUpdateBetween(t *testing.T) {
	apply, _ := enter(t)
	ctx, found := server.Context(t), &core.ConfigMap{}
	server.Must(t, apply.Apply(ctx, config(map[string]string{"a": "1", "b": "1"}), one))
	server.Must(t, apply.Get(ctx, client.ObjectKey{Namespace: space, Name: "shared"}, found))
	found.Data["a"] = "edited"
	server.Must(t, apply.Update(ctx, found, client.FieldOwner("editor")))
	expectManagers(t, found, "editor Update", "one Apply")
	err := apply.Apply(ctx, config(map[string]string{"a": "1", "b": "1"}), one)
	expectConflict(t, err, `.data.a: conflict with "editor" using v1`)
}

// TestNamespaceAndSecret are applied, too: one without a namespace, one with bytes.
func TestNamespaceAndSecret(t *testing.T) {
	apply, _ := enter(t)
	ctx := server.Context(t)
	labelled := applycore.Namespace(space).WithLabels(map[string]string{"team": "blue"})
	server.Must(t, apply.Apply(ctx, labelled, one))
	if labelled.Status == nil || *labelled.Status.Phase != core.NamespaceActive || len(labelled.Spec.Finalizers) != 1 {
		t.Errorf("the answer is %+v", labelled)
	}
	secret := applycore.Secret("key", space).WithType(core.SecretTypeOpaque).
		WithData(map[string][]byte{"bytes": {0, 128, 255}}).WithStringData(map[string]string{"text": "pear"})
	server.Must(t, apply.Apply(ctx, secret, one))
	found := &core.Secret{}
	server.Must(t, apply.Get(ctx, client.ObjectKey{Namespace: space, Name: "key"}, found))
	expectJSON(t, found.Data, `{"bytes":"AID/","text":"cGVhcg=="}`)
	changed := applycore.Secret("key", space).WithType("other")
	if err := apply.Apply(ctx, changed, one, client.ForceOwnership); !apierrors.IsInvalid(err) {
		t.Errorf("the type of a secret became another: %v", err)
	}
}

// TestRefusals are of who does not say who it is, of what must not be there, and of what another version of the object was meant for.
func TestRefusals(t *testing.T) {
	apply, _ := enter(t)
	ctx := server.Context(t)
	if err := apply.Apply(ctx, config(nil)); !apierrors.IsInvalid(err) {
		t.Errorf("applied by nobody: %v", err)
	}
	if err := apply.Apply(ctx, config(nil).WithUID("00000000-0000-0000-0000-000000000000"), one); !apierrors.IsConflict(err) {
		t.Errorf("made with a unique id of its own: %v", err)
	}
	if err := apply.Apply(ctx, applycore.ConfigMap("shared", "nowhere"), one); !apierrors.IsNotFound(err) {
		t.Errorf("made in no namespace: %v", err)
	}
	server.Must(t, apply.Apply(ctx, config(map[string]string{"a": "1"}), one))
	if err := apply.Apply(ctx, config(map[string]string{"a": "2"}).WithResourceVersion("1"), one); !apierrors.IsConflict(err) {
		t.Errorf("applied to an old version: %v", err)
	}
	owned := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap"}}
	owned.SetNamespace(space)
	owned.SetName("shared")
	owned.SetManagedFields([]metav1.ManagedFieldsEntry{{Manager: "one", Operation: metav1.ManagedFieldsOperationApply}})
	if err := apply.Apply(ctx, client.ApplyConfigurationFromUnstructured(owned), one); !apierrors.IsBadRequest(err) {
		t.Errorf("applied managed fields: %v", err)
	}
	tried := config(map[string]string{"a": "3"})
	server.Must(t, apply.Apply(ctx, tried, two, client.DryRunAll, client.ForceOwnership))
	expectJSON(t, tried.Data, `{"a":"3"}`)
	found := &core.ConfigMap{}
	server.Must(t, apply.Get(ctx, client.ObjectKey{Namespace: space, Name: "shared"}, found))
	expectJSON(t, found.Data, `{"a":"1"}`)
}

// TestExtract goes the way that client-go offers for changing what one applied: extract it, change it, apply it.
func TestExtract(t *testing.T) {
	_, rest := enter(t)
	ctx := server.Context(t)
	typed := kubernetes.NewForConfigOrDie(rest).CoreV1().ConfigMaps(space)
	options := metav1.ApplyOptions{FieldManager: "one"}
	_, err := typed.Apply(ctx, config(map[string]string{"a": "1", "b": "1"}), options)
	server.Must(t, err)
	made, err := typed.Apply(ctx, config(map[string]string{"c": "2"}), metav1.ApplyOptions{FieldManager: "two"})
	server.Must(t, err)
	mine, err := applycore.ExtractConfigMap(made, "one")
	server.Must(t, err)
	expectJSON(t, mine.Data, `{"a":"1","b":"1"}`)
	delete(mine.Data, "a")
	made, err = typed.Apply(ctx, mine, options)
	server.Must(t, err)
	expectJSON(t, made.Data, `{"b":"1","c":"2"}`)
}
