package webhooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

const (
	// keep is the label of parcels that are not to be deleted.
	keep = "keep"
	// ticking is the label of parcels that make the operator panic.
	ticking = "ticking"
)

// rules are what an operator wants of parcels. They note what they are asked.
type rules struct {
	lock  sync.Mutex
	asked []string
}

// seen are the questions since the last time, in their order: who was asked, about which operation,
// in which version, in which one the request was, and whether it is a dry run.
func (r *rules) seen() []string {
	r.lock.Lock()
	defer r.lock.Unlock()
	asked := r.asked
	r.asked = nil
	return asked
}

func (r *rules) note(who string, request admission.Request) {
	r.lock.Lock()
	defer r.lock.Unlock()
	text := fmt.Sprintf("%s %s %s", who, request.Operation, request.Kind.Version)
	if asked := request.RequestKind; asked != nil && asked.Version != request.Kind.Version {
		text += " from " + asked.Version
	}
	if request.DryRun != nil && *request.DryRun {
		text += " dry"
	}
	r.asked = append(r.asked, text)
}

func (r *rules) noteFrom(ctx context.Context, who string) error {
	request, err := admission.RequestFromContext(ctx)
	if err == nil {
		r.note(who, request)
	}
	return err
}

// Default gives a parcel a size, and says how large that is.
func (r *rules) Default(ctx context.Context, parcel *Parcel) error {
	if err := r.noteFrom(ctx, "default"); err != nil {
		return err
	}
	parcel.Spec.Width, parcel.Spec.Height = max(parcel.Spec.Width, 1), max(parcel.Spec.Height, 1)
	parcel.Spec.Area = parcel.Spec.Width * parcel.Spec.Height
	return nil
}

// ValidateCreate warns of wide parcels, and refuses those that are too wide as invalid.
func (r *rules) ValidateCreate(ctx context.Context, parcel *Parcel) (admission.Warnings, error) {
	if err := r.noteFrom(ctx, "validate"); err != nil {
		return nil, err
	}
	if _, ok := parcel.Labels[ticking]; ok {
		panic("it ticks")
	}
	var warnings admission.Warnings
	if parcel.Spec.Width > 10 {
		warnings = append(warnings, "wide parcels take longer")
	}
	if parcel.Spec.Width > 100 {
		wrong := field.Invalid(field.NewPath("spec", "width"), parcel.Spec.Width, "fits through no door")
		return warnings, apierrors.NewInvalid(newVersion.WithKind("Parcel").GroupKind(), parcel.Name, field.ErrorList{wrong})
	}
	return warnings, nil
}

// ValidateUpdate refuses to make a parcel smaller.
func (r *rules) ValidateUpdate(ctx context.Context, old, parcel *Parcel) (admission.Warnings, error) {
	if err := r.noteFrom(ctx, "validate"); err != nil {
		return nil, err
	}
	if parcel.Spec.Area < old.Spec.Area {
		return admission.Warnings{"look for another box"}, errors.New("parcels do not shrink")
	}
	return nil, nil
}

// ValidateDelete refuses to throw away what is to be kept.
func (r *rules) ValidateDelete(ctx context.Context, parcel *Parcel) (admission.Warnings, error) {
	if err := r.noteFrom(ctx, "validate"); err != nil {
		return nil, err
	}
	if _, ok := parcel.Labels[keep]; ok {
		return nil, apierrors.NewConflict(newVersion.WithResource("parcels").GroupResource(), parcel.Name, errors.New("it is kept"))
	}
	return nil, nil
}

// even makes widths even, as a plain handler: what comes after the defaults and makes them wrong.
func (r *rules) even(_ context.Context, request admission.Request) admission.Response {
	r.note("even", request)
	parcel := &Parcel{}
	if err := json.Unmarshal(request.Object.Raw, parcel); err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	parcel.Spec.Width += parcel.Spec.Width % 2
	changed, err := json.Marshal(parcel)
	if err != nil {
		return admission.Errored(http.StatusInternalServerError, err)
	}
	return admission.PatchResponseFromRaw(request.Object.Raw, changed)
}

// slow answers when nobody waits any longer.
func (r *rules) slow(ctx context.Context, request admission.Request) admission.Response {
	r.note("slow", request)
	<-ctx.Done()
	return admission.Allowed("too late")
}
