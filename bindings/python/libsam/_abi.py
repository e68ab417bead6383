"""The C interface of include/sam.h for ctypes. Written by bindings/generate.py: do not edit."""

from ctypes import (CDLL, CFUNCTYPE, POINTER, Structure, c_char_p, c_double, c_int, c_int32, c_int64, c_size_t,
                    c_uint32, c_uint64, c_void_p)

SAM_ABI_VERSION = 1
SAM_OK = 0
SAM_ERROR_ARGUMENT = -1
SAM_ERROR_NAME = -2
SAM_ERROR_RANGE = -3
SAM_ERROR_STATE = -4
SAM_ERROR_NONFINITE = -5
SAM_ERROR_MEMORY = -6
SAM_ERROR_IO = -7
SAM_ERROR_FORMAT = -8
SAM_ERROR_MISMATCH = -9
SAM_ERROR_CALLBACK = -10
SAM_ERROR_CANCELLED = -11
SAM_ERROR_UNSUPPORTED = -12
SAM_F32 = 1
SAM_F64 = 2
SAM_BF16 = 3
SAM_F16 = 4
SAM_WEIGHT = 0
SAM_BIAS = 1
SAM_NORM = 2
SAM_EMBEDDING = 3
SAM_EVALUATE = 1
SAM_PERTURBED = 2
SAM_NEXT_BATCH = 4
SAM_LOSS_ONLY = 8
SAM_AUXILIARY = 16
SAM_LOCAL = 32
SAM_METHODS = 0
SAM_BASES = 1
SAM_MEASURES = 2
SAM_SCHEDULES = 3
SAM_LOSSES = 4
SAM_SHARED = 5
SAM_OPTION_REAL = 0
SAM_OPTION_INTEGER = 1
SAM_OPTION_FLAG = 2
SAM_OPTION_CHOICE = 3
SAM_OPTION_LIST = 4
SAM_OPTION_TENSORS = 5
SAM_NEEDS_GRADIENT = 1
SAM_NEEDS_LOSS = 2
SAM_NEEDS_HESSIAN_PRODUCT = 4
SAM_NEEDS_GAUSS_NEWTON_PRODUCT = 8
SAM_NEEDS_EXAMPLE_LOSSES = 16
SAM_NEEDS_EVALUATE_EXAMPLE = 32
SAM_NEEDS_LOGITS = 64
SAM_NEEDS_BACKPROPAGATE_LOGITS = 128
SAM_NEEDS_BATCHES = 256
SAM_NEEDS_CLASSES = 512
SAM_NEEDS_TENSORS = 1024
SAM_NEEDS_OTHER = 2048
SAM_NEEDS_FORWARD_ONES = 4096
SAM_NEEDS_TRAIN = 8192
SAM_OWN_UPDATE = 16384
SAM_NEEDS_AUXILIARY = 32768


class sam_parameter(Structure):
    pass


class sam_schedule(Structure):
    pass


class sam_metrics(Structure):
    pass


class sam_entry(Structure):
    pass


class sam_option(Structure):
    pass


class sam_query(Structure):
    pass


class sam_objective(Structure):
    pass


class sam_setting(Structure):
    pass


sam_parameter._fields_ = [
    ("struct_size", c_size_t),
    ("name", c_char_p),
    ("dtype", c_int32),
    ("gradient_dtype", c_int32),
    ("role", c_int32),
    ("group", c_int32),
    ("rank", c_int32),
    ("shape", POINTER(c_int64)),
    ("data", c_void_p),
    ("gradient", c_void_p),
    ("trained", c_int32),
    ("stacked_axes", c_int32),
]


sam_schedule._fields_ = [
    ("struct_size", c_size_t),
    ("kind", c_char_p),
    ("initial", c_double),
    ("final", c_double),
    ("warmup", c_int64),
    ("steps", c_int64),
    ("power", c_double),
    ("period", c_int64),
]


sam_metrics._fields_ = [
    ("struct_size", c_size_t),
    ("steps", c_int64),
    ("evaluations", c_int64),
    ("skipped", c_int64),
    ("loss", c_double),
    ("perturbed_loss", c_double),
    ("gradient_norm", c_double),
    ("perturbation_norm", c_double),
    ("update_norm", c_double),
    ("perturbed_gradient_norm", c_double),
    ("cosine", c_double),
    ("effective_radius", c_double),
]


sam_entry._fields_ = [
    ("struct_size", c_size_t),
    ("name", c_char_p),
    ("summary", c_char_p),
    ("reference", c_char_p),
    ("evaluations", c_int32),
    ("state_per_parameter", c_int32),
    ("options", c_int32),
    ("needs", c_uint32),
    ("exactness", c_int32),
]


sam_option._fields_ = [
    ("struct_size", c_size_t),
    ("name", c_char_p),
    ("summary", c_char_p),
    ("kind", c_int32),
    ("per_group", c_int32),
    ("initial", c_double),
    ("low", c_double),
    ("high", c_double),
    ("open", c_int32),
    ("choices", c_char_p),
]


sam_query._fields_ = [
    ("ask", c_uint32),
    ("batch", c_int64),
    ("class_index", c_int64),
    ("example", c_int64),
]


sam_objective._fields_ = [
    ("struct_size", c_size_t),
    ("context", c_void_p),
    ("evaluate", CFUNCTYPE(c_int, c_void_p, POINTER(sam_query), POINTER(c_double))),
    ("hessian_product", CFUNCTYPE(c_int, c_void_p, POINTER(sam_query), POINTER(c_void_p), POINTER(c_void_p))),
    ("progress", CFUNCTYPE(c_int, c_void_p, c_double, c_char_p)),
    ("batches", c_int64),
    ("classes", c_int64),
    ("examples", c_int64),
    ("outputs", c_int64),
    ("batch_examples", POINTER(c_int64)),
    ("batch_weights", POINTER(c_double)),
    ("class_examples", POINTER(c_int64)),
    ("gauss_newton_product", CFUNCTYPE(c_int, c_void_p, POINTER(sam_query), POINTER(c_void_p), POINTER(c_void_p))),
    ("example_losses", CFUNCTYPE(c_int, c_void_p, POINTER(sam_query), POINTER(c_double))),
    ("evaluate_example", CFUNCTYPE(c_int, c_void_p, POINTER(sam_query), POINTER(c_double))),
    ("logits", CFUNCTYPE(c_int, c_void_p, POINTER(sam_query), POINTER(c_double), POINTER(c_int64))),
    ("backpropagate_logits", CFUNCTYPE(c_int, c_void_p, POINTER(sam_query), POINTER(c_double))),
    ("freeze", CFUNCTYPE(c_int, c_void_p, c_int)),
    ("refresh", CFUNCTYPE(c_int, c_void_p)),
    ("other", POINTER(sam_objective)),
    ("forward_ones", CFUNCTYPE(c_int, c_void_p, POINTER(c_double))),
    ("train", CFUNCTYPE(c_int, c_void_p, c_int64, c_uint64, POINTER(c_double))),
]


sam_setting._fields_ = [
    ("name", c_char_p),
    ("value", c_double),
    ("choice", c_char_p),
    ("values", POINTER(c_double)),
    ("count", c_int64),
    ("tensors", POINTER(c_void_p)),
]


# name: (result, arguments)
FUNCTIONS = {
    "sam_version": (c_char_p, []),
    "sam_abi_version": (c_int, []),
    "sam_build_info": (c_char_p, []),
    "sam_error_message": (c_char_p, []),
    "sam_status_name": (c_char_p, [c_int]),
    "sam_set_threads": (c_int, [c_int]),
    "sam_threads": (c_int, []),
    "sam_parameters_create": (c_int, [POINTER(c_void_p)]),
    "sam_parameters_add": (c_int, [c_void_p, POINTER(sam_parameter)]),
    "sam_parameters_add_group": (c_int, [c_void_p, c_char_p]),
    "sam_parameters_bind": (c_int, [c_void_p, c_int, c_void_p, c_void_p]),
    "sam_parameters_count": (c_int64, [c_void_p]),
    "sam_parameters_size": (c_int64, [c_void_p]),
    "sam_parameters_recover": (c_int, [c_void_p]),
    "sam_parameters_destroy": (None, [c_void_p]),
    "sam_optimizer_create": (c_int, [c_void_p, c_char_p, c_char_p, POINTER(c_void_p)]),
    "sam_step": (c_int, [c_void_p, c_double]),
    "sam_batch": (c_int64, [c_void_p]),
    "sam_optimizer_point": (c_int, [c_void_p, c_int, POINTER(c_void_p)]),
    "sam_cancel": (c_int, [c_void_p]),
    "sam_optimizer_evaluations": (c_int, [c_void_p]),
    "sam_optimizer_destroy": (None, [c_void_p]),
    "sam_optimizer_set": (c_int, [c_void_p, c_int, c_char_p, c_double]),
    "sam_optimizer_get": (c_int, [c_void_p, c_int, c_char_p, POINTER(c_double)]),
    "sam_optimizer_choose": (c_int, [c_void_p, c_int, c_char_p, c_char_p]),
    "sam_optimizer_choice": (c_int, [c_void_p, c_int, c_char_p, POINTER(c_char_p)]),
    "sam_optimizer_schedule": (c_int, [c_void_p, c_int, c_char_p, POINTER(sam_schedule)]),
    "sam_optimizer_save": (c_int, [c_void_p, c_char_p]),
    "sam_optimizer_load": (c_int, [c_void_p, c_char_p]),
    "sam_optimizer_state_size": (c_int, [c_void_p, POINTER(c_size_t)]),
    "sam_optimizer_state_write": (c_int, [c_void_p, c_void_p, c_size_t]),
    "sam_optimizer_state_read": (c_int, [c_void_p, c_void_p, c_size_t]),
    "sam_optimizer_memory": (c_int, [c_void_p, POINTER(c_int64)]),
    "sam_optimizer_average": (c_int, [c_void_p, c_int, c_void_p]),
    "sam_optimizer_metrics": (c_int, [c_void_p, POINTER(sam_metrics)]),
    "sam_catalog_count": (c_int, [c_int]),
    "sam_catalog_entry": (c_int, [c_int, c_int, POINTER(sam_entry)]),
    "sam_catalog_option": (c_int, [c_int, c_char_p, c_int, POINTER(sam_option)]),
    "sam_measure": (c_int, [c_void_p, c_char_p, POINTER(sam_objective), POINTER(sam_setting), c_size_t, POINTER(c_void_p)]),
    "sam_report_value": (c_int, [c_void_p, c_char_p, POINTER(c_double)]),
    "sam_report_array": (c_int, [c_void_p, c_char_p, POINTER(POINTER(c_double)), POINTER(c_int), POINTER(POINTER(c_int64))]),
    "sam_report_key": (c_int, [c_void_p, c_int, POINTER(c_char_p)]),
    "sam_report_destroy": (None, [c_void_p]),
}


def declare(library: CDLL) -> CDLL:
    """Gives every function of the library its argument and result types."""
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
