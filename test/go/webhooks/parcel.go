// Package webhooks has the webhooks of an operator, built with controller-runtime, that tests run against the server: a kind in two
// versions with its conversion, defaults and validation.
package webhooks

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/conversion"
)

const group = "parcels.kcp.test"

var (
	oldVersion = schema.GroupVersion{Group: group, Version: "v1"}
	newVersion = schema.GroupVersion{Group: group, Version: "v2"}
)

// Parcel is a custom kind as it is stored, in v2.
type Parcel struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              ParcelSpec   `json:"spec"`
	Status            ParcelStatus `json:"status,omitempty"`
}

// ParcelSpec is how large a parcel is; the area follows from the others.
type ParcelSpec struct {
	Width  int64 `json:"width,omitempty"`
	Height int64 `json:"height,omitempty"`
	Area   int64 `json:"area,omitempty"`
}

// ParcelStatus is the same in both versions.
type ParcelStatus struct {
	Place string `json:"place,omitempty"`
}

// OldParcel is a parcel in v1, which writes its size as a text such as 3x4.
type OldParcel struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              OldParcelSpec `json:"spec"`
	Status            ParcelStatus  `json:"status,omitempty"`
}

// OldParcelSpec is how large a parcel is.
type OldParcelSpec struct {
	Size string `json:"size,omitempty"`
	Area int64  `json:"area,omitempty"`
}

// OldParcelList is a list of parcels in v1.
type OldParcelList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []OldParcel `json:"items"`
}

// Hub says that other versions are converted to and from this one.
func (p *Parcel) Hub() {}

// ConvertTo makes a v2 of a v1.
func (p *OldParcel) ConvertTo(hub conversion.Hub) error {
	to := hub.(*Parcel)
	to.ObjectMeta, to.Status = p.ObjectMeta, p.Status
	to.Spec = ParcelSpec{Area: p.Spec.Area}
	if p.Spec.Size == "" {
		return nil
	}
	if _, err := fmt.Sscanf(p.Spec.Size, "%dx%d", &to.Spec.Width, &to.Spec.Height); err != nil {
		return fmt.Errorf("the size %q is not of the form 3x4", p.Spec.Size)
	}
	return nil
}

// ConvertFrom makes a v1 of a v2.
func (p *OldParcel) ConvertFrom(hub conversion.Hub) error {
	from := hub.(*Parcel)
	p.ObjectMeta, p.Status = from.ObjectMeta, from.Status
	p.Spec = OldParcelSpec{Area: from.Spec.Area}
	if from.Spec.Width != 0 || from.Spec.Height != 0 {
		p.Spec.Size = fmt.Sprintf("%dx%d", from.Spec.Width, from.Spec.Height)
	}
	return nil
}

// DeepCopyObject copies a parcel.
func (p *Parcel) DeepCopyObject() runtime.Object {
	copied := *p
	p.ObjectMeta.DeepCopyInto(&copied.ObjectMeta)
	return &copied
}

// DeepCopyObject copies a parcel.
func (p *OldParcel) DeepCopyObject() runtime.Object {
	copied := *p
	p.ObjectMeta.DeepCopyInto(&copied.ObjectMeta)
	return &copied
}

// DeepCopyObject copies a list.
func (l *OldParcelList) DeepCopyObject() runtime.Object {
	copied := *l
	copied.Items = nil
	for at := range l.Items {
		copied.Items = append(copied.Items, *l.Items[at].DeepCopyObject().(*OldParcel))
	}
	return &copied
}

func addToScheme(scheme *runtime.Scheme) {
	scheme.AddKnownTypeWithName(newVersion.WithKind("Parcel"), &Parcel{})
	scheme.AddKnownTypeWithName(oldVersion.WithKind("Parcel"), &OldParcel{})
	scheme.AddKnownTypeWithName(oldVersion.WithKind("ParcelList"), &OldParcelList{})
	metav1.AddToGroupVersion(scheme, newVersion)
	metav1.AddToGroupVersion(scheme, oldVersion)
}
