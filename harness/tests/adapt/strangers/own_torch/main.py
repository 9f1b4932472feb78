import torch

if __name__ == "__main__":
    w = torch.tensor([[0.5, -1.0], [2.0, 0.0]], requires_grad=True)
    x = torch.tensor([1.0, 2.0])
    y = torch.sigmoid((w * x).sum(dim=1)).sum()
    y.backward()
    print(torch.__version__, y.item(), w.grad.numpy(), sep="\n")
