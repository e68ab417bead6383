"""State dicts matched by the names of tensors."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError

if TYPE_CHECKING:
    from .optimizer import Optimizer

WRAPPERS = {"module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"}
"""Parts of names that DistributedDataParallel, torch.compile and others of torch put there."""


def by_name(optimizer: Optimizer, state_dict: dict[str, Any]) -> dict[str, Any]:
    """A hook that makes load_state_dict match tensors by their names, where the number or order of tensors or groups
    has changed:

        optimizer.register_load_state_dict_pre_hook(libsam.torch.by_name)
        optimizer.load_state_dict(saved)

    Parts of names that torch's wrappers put there (module., _orig_mod.) do not count. A tensor that the state dict
    does not have begins as in a first step, what is of others is left out. Each group has the options of the saved
    group that its first known tensor was in. ArgumentError where the state dict has no names, or two tensors have
    one."""
    saved: dict[str, tuple[Any, Mapping[str, Any]]] = {}
    for place, group in enumerate(state_dict["param_groups"]):
        for name, key in zip(_names(group, f"the saved param_groups[{place}]"), group["params"], strict=True):
            if name in saved:
                raise ArgumentError(f"two tensors of the state dict have the name {name!r}: they cannot be matched by "
                                    "it")
            saved[name] = key, group
    keys_of_tensors = {key for key, _ in saved.values()}
    groups, state = [], {key: value for key, value in state_dict["state"].items() if key not in keys_of_tensors}
    first = max((key for key, _ in saved.values() if isinstance(key, int)), default=-1) + 1
    for place, group in enumerate(optimizer.param_groups):
        names = _names(group, f"param_groups[{place}]")
        known = [name for name in names if name in saved]
        like = saved[known[0]][1] if known else {key: value for key, value in group.items() if key != "libsam"}
        keys = []
        for name in names:
            keys.append(saved[name][0] if name in saved else first)
            first += name not in saved
            if name in saved and keys[-1] in state_dict["state"]:
                state[keys[-1]] = state_dict["state"][keys[-1]]
        groups.append({**like, "params": keys})
    text = next((group["libsam"] for group in state_dict["param_groups"] if group.get("libsam")), None)
    for group in groups if text else []:
        group["libsam"] = text
    return {**state_dict, "state": state, "param_groups": groups}


def _names(group: Mapping[str, Any], what: str) -> list[str]:
    if "param_names" not in group:
        raise ArgumentError(f"{what} has no 'param_names': give the optimizer the model, or (name, tensor) pairs")
    return [".".join(part for part in name.split(".") if part not in WRAPPERS) for name in group["param_names"]]
