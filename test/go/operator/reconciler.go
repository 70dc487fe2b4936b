package operator

import (
	"context"

	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
)

const finalizer = "boxes.kcp.test/content"

type reconciler struct {
	client client.Client
}

// Reconcile makes the content of a box what the box wants; of a box that goes it takes the content away.
func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	box := &Box{}
	if err := r.client.Get(ctx, request.NamespacedName, box); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	content := &core.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: box.Namespace, Name: box.Name}}
	if !box.DeletionTimestamp.IsZero() {
		if err := client.IgnoreNotFound(r.client.Delete(ctx, content)); err != nil {
			return ctrl.Result{}, err
		}
		controllerutil.RemoveFinalizer(box, finalizer)
		return ctrl.Result{}, client.IgnoreNotFound(r.client.Update(ctx, box))
	}
	if controllerutil.AddFinalizer(box, finalizer) {
		return ctrl.Result{}, r.client.Update(ctx, box)
	}
	done, err := controllerutil.CreateOrUpdate(ctx, r.client, content, func() error {
		content.Data = map[string]string{"text": box.Spec.Text}
		return controllerutil.SetControllerReference(box, content, r.client.Scheme())
	})
	if err != nil || (done == controllerutil.OperationResultNone && box.Status.ObservedGeneration == box.Generation) {
		return ctrl.Result{}, err
	}
	before := client.MergeFrom(box.DeepCopyObject().(*Box))
	box.Status = BoxStatus{Filled: box.Spec.Text, Refills: box.Status.Refills + 1, ObservedGeneration: box.Generation}
	return ctrl.Result{}, r.client.Status().Patch(ctx, box, before)
}
