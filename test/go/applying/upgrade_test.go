package applying

import (
	"testing"

	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/util/csaupgrade"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"kcp.test/clients/server"
)

// TestUpgrade hands what was written by updates over to who applies from now on, as client-go's csaupgrade does: after that,
// applying gives up what is left out.
func TestUpgrade(t *testing.T) {
	apply, _ := enter(t)
	ctx := server.Context(t)
	old := &core.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: space, Name: "shared"}, Data: map[string]string{"a": "1", "b": "1"}}
	server.Must(t, apply.Create(ctx, old, client.FieldOwner("before")))
	expectManagers(t, old, "before Update")
	patch, err := csaupgrade.UpgradeManagedFieldsPatch(old, sets.New("before"), "one")
	server.Must(t, err)
	server.Must(t, apply.Patch(ctx, old, client.RawPatch(types.JSONPatchType, patch), client.FieldOwner("one")))
	expectManagers(t, old, "one Apply")
	server.Must(t, apply.Apply(ctx, config(map[string]string{"b": "2"}), one))
	server.Must(t, apply.Get(ctx, client.ObjectKeyFromObject(old), old))
	expectJSON(t, old.Data, `{"b":"2"}`)
	expectManagers(t, old, "one Apply")
}
