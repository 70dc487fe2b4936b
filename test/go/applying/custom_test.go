package applying

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"kcp.test/clients/server"
)

// TestCustomKind has two share a list by its keys, a set by its values, and fight for what is one whole.
func TestCustomKind(t *testing.T) {
	apply := enterWithRacks(t)
	ctx := server.Context(t)
	server.Must(t, apply.Apply(ctx, rack("r", map[string]any{"spec": map[string]any{
		"shelves": []any{shelf("top", map[string]any{"books": 3})}, "tags": []any{"new"}, "origin": map[string]any{"place": "Basel"},
	}}), one))
	server.Must(t, apply.Apply(ctx, rack("r", map[string]any{"spec": map[string]any{
		"shelves": []any{shelf("top", map[string]any{"colour": "red"}), shelf("low", nil)}, "tags": []any{"used"},
	}}), two))
	expectSpec(t, apply, `{"origin":{"place":"Basel"},"shelves":[{"books":3,"colour":"red","name":"top"},{"name":"low"}],"tags":["new","used"]}`)

	fight := rack("r", map[string]any{"spec": map[string]any{
		"shelves": []any{shelf("top", map[string]any{"books": 4})}, "origin": map[string]any{"maker": "Anna"},
	}})
	expectConflict(t, apply.Apply(ctx, fight, two),
		`.spec.origin: conflict with "one"`, `.spec.shelves[name="top"].books: conflict with "one"`)

	server.Must(t, apply.Apply(ctx, rack("r", map[string]any{"spec": map[string]any{"tags": []any{"new"}}}), one))
	expectSpec(t, apply, `{"shelves":[{"colour":"red","name":"top"},{"name":"low"}],"tags":["new","used"]}`)

	twice := rack("r", map[string]any{"spec": map[string]any{"shelves": []any{shelf("top", nil), shelf("top", nil)}}})
	if err := apply.Apply(ctx, twice, one); err == nil {
		t.Error("two shelves of one name were applied")
	}
	unknown := rack("r", map[string]any{"spec": map[string]any{"legs": 4}})
	if err := apply.Apply(ctx, unknown, one); err == nil || !strings.Contains(err.Error(), ".spec.legs: field not declared in schema") {
		t.Errorf("an unknown field: %v", err)
	}
}

// TestStatus has controllers apply conditions to the status, each its own, while others own the spec.
func TestStatus(t *testing.T) {
	apply := enterWithRacks(t)
	ctx := server.Context(t)
	server.Must(t, apply.Apply(ctx, rack("r", map[string]any{"spec": map[string]any{"tags": []any{"new"}}, "status": map[string]any{"books": 9}}), one))
	found := expectSpec(t, apply, `{"tags":["new"]}`)
	expectManagers(t, found, "one Apply")

	condition := func(kind, status string) map[string]any {
		return map[string]any{"status": map[string]any{"conditions": []any{map[string]any{"type": kind, "status": status}}}}
	}
	server.Must(t, apply.Status().Apply(ctx, rack("r", condition("Ready", "True")), one))
	server.Must(t, apply.Status().Apply(ctx, rack("r", condition("Full", "False")), two))
	expectConflict(t, apply.Status().Apply(ctx, rack("r", condition("Ready", "False")), two),
		`.status.conditions[type="Ready"].status: conflict with "one" with subresource "status"`)
	// giving up a condition takes it away, and leaves the spec alone
	server.Must(t, apply.Status().Apply(ctx, rack("r", condition("Full", "True")), two))
	server.Must(t, apply.Status().Apply(ctx, rack("r", map[string]any{"spec": map[string]any{"tags": []any{"ignored"}}}), one))
	found = expectSpec(t, apply, `{"tags":["new"]}`)
	expectJSON(t, found.Object["status"], `{"conditions":[{"status":"True","type":"Full"}]}`)
	expectManagers(t, found, "one Apply", "two Apply status")
	if found.GetGeneration() != 1 {
		t.Errorf("generation %d", found.GetGeneration())
	}
}

func expectSpec(t *testing.T, from client.Client, wanted string) *unstructured.Unstructured {
	t.Helper()
	found := bareRack("r", map[string]any{})
	server.Must(t, from.Get(server.Context(t), client.ObjectKeyFromObject(found), found))
	expectJSON(t, found.Object["spec"], wanted)
	return found
}
