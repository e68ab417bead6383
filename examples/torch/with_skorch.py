"""skorch: the optimizer's class and its options by skorch's names; scikit-learn's tools on top."""
import digits
import libsam.torch
import skorch
import torch
from sklearn.model_selection import GridSearchCV
from torch import nn


def main(epochs=8):
    torch.manual_seed(0)
    train, test = digits.load()
    network = skorch.NeuralNetClassifier(
        nn.Sequential(nn.Linear(64, 64), nn.LayerNorm(64), nn.ReLU(), nn.Linear(64, 10)), criterion=nn.CrossEntropyLoss, max_epochs=epochs,
        batch_size=64, train_split=None, verbose=0, optimizer=libsam.torch.Optimizer, optimizer__method="sam", optimizer__base="adamw", lr=0.005)
    network.fit(*map(torch.Tensor.numpy, train))
    print(f"test error {100 - 100 * network.score(*map(torch.Tensor.numpy, test)):.1f} %")
    network.set_params(max_epochs=2)
    search = GridSearchCV(network, {"optimizer__rho": [0.02, 0.2]}, cv=2, scoring="accuracy").fit(*map(torch.Tensor.numpy, train))
    print(f"radius {search.best_params_['optimizer__rho']}: accuracy {search.best_score_:.3f} in cross-validation")


if __name__ == "__main__":
    main()
