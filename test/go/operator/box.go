// Package operator has a small controller of the usual kind, built with controller-runtime, that tests run against the server.
package operator

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var groupVersion = schema.GroupVersion{Group: "boxes.kcp.test", Version: "v1"}

// Box is a custom kind: a text that the controller puts into a ConfigMap.
type Box struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              BoxSpec   `json:"spec"`
	Status            BoxStatus `json:"status,omitempty"`
}

// BoxSpec is what is wanted.
type BoxSpec struct {
	Text string `json:"text"`
}

// BoxStatus is what there is.
type BoxStatus struct {
	Filled             string `json:"filled,omitempty"`
	Refills            int64  `json:"refills,omitempty"`
	ObservedGeneration int64  `json:"observedGeneration,omitempty"`
}

// BoxList is a list of boxes.
type BoxList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Box `json:"items"`
}

// DeepCopyObject copies a box.
func (b *Box) DeepCopyObject() runtime.Object {
	copied := *b
	b.ObjectMeta.DeepCopyInto(&copied.ObjectMeta)
	return &copied
}

// DeepCopyObject copies a list.
func (l *BoxList) DeepCopyObject() runtime.Object {
	copied := *l
	copied.Items = nil
	for at := range l.Items {
		copied.Items = append(copied.Items, *l.Items[at].DeepCopyObject().(*Box))
	}
	return &copied
}

func addToScheme(scheme *runtime.Scheme) {
	scheme.AddKnownTypes(groupVersion, &Box{}, &BoxList{})
	metav1.AddToGroupVersion(scheme, groupVersion)
}
