/** How the workspace commands are used; `%` stands for how they are called. */
export const workspaceExamples = `# where am I?
% .

# go to a workspace below, from the top, above, back to the previous one, home
% my-workspace
% :root:default:my-workspace
% ..
% -
% ~

# make a workspace and go there
% create my-workspace --type root:universal --enter

# draw the workspaces below this one
% tree

# make a context that stays with this workspace
% create-context my-context

# run a command in another workspace, and stay here
% exec :root:default -- kubectl get apibindings`;

/** How `crd snapshot` is used. */
export const snapshotExamples = `# make a schema named today.widgets.example.io of the definition widgets.example.io
% crd snapshot -f crd.yaml --prefix today > api-resource-schema.yaml

# of a definition that a server has
kubectl get crd widgets.example.io -o yaml | % crd snapshot -f - --prefix today`;

/** How `create workspace` is used. */
export const createExamples = `% my-workspace
% my-workspace --type root:organization --enter
% my-workspace --ignore-existing --create-context my-context
% child -w :root:my-workspace`;
