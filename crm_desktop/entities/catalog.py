"""What we sell: product categories, products, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities.starred import starred
from crm_desktop.models import Product, ProductCategory, ProductCost
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, SearchSpec, Section, TableSpec

_ALL = Grant(read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL, functions=frozenset(Function))
_READ = Grant(read=Scope.ALL, functions=frozenset({Function.PRINT}))
CATALOG_ACCESS: Mapping[Group, Grant] = {
    Group.ADMINISTRATOR: _ALL,
    Group.GENERAL_MANAGER: _ALL,
    Group.SALES_MANAGER: _ALL,
    Group.SALESPERSON: _READ,
    Group.SERVICE: _READ,
    Group.CLERK: _ALL,
}


def _sold(person: Person) -> Any:
    del person
    return Product.is_active


def _no_longer_sold(person: Person) -> Any:
    del person
    return Product.is_active.is_(False)


PRODUCT_CATEGORY = EntitySpec(
    key="product_category",
    model=ProductCategory,
    label=N_("Product category"),
    label_plural=N_("Product categories"),
    icon="tree-structure",
    labels={
        ProductCategory.name: N_("Name"),
        ProductCategory.parent: N_("Part of"),
        ProductCategory.sort_order: N_("Position in lists"),
        ProductCategory.is_active: N_("In use"),
    },
    table=TableSpec(
        columns=(
            Column(ProductCategory.name, width=200),
            Column(ProductCategory.parent, width=200),
            Column(ProductCategory.sort_order, width=120),
            Column(ProductCategory.is_active, width=90),
        ),
        sort=ProductCategory.sort_order,
        presets=(Preset(key="all", label=N_("All categories")),),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (ProductCategory.name, ProductCategory.parent, ProductCategory.sort_order, ProductCategory.is_active),
            ),
        )
    ),
    found_by=(ProductCategory.name,),
    importable=True,
    subtitle=(ProductCategory.parent,),
    access=CATALOG_ACCESS,
)

PRODUCT = EntitySpec(
    key="product",
    model=Product,
    label=N_("Product"),
    label_plural=N_("Products"),
    icon="package",
    labels={
        Product.code: N_("Product no."),
        Product.name: N_("Product name"),
        Product.category: N_("Category"),
        Product.specification: N_("Specification"),
        Product.product_model: N_("Model"),
        Product.unit: N_("Unit"),
        Product.list_price: N_("List price"),
        Product.is_active: N_("Sold"),
        Product.description: N_("Description"),
        Product.created_at: N_("Created"),
        Product.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(Product.code, width=100),
            Column(Product.name, width=220),
            Column(Product.category, width=140),
            Column(Product.specification, width=160),
            Column(Product.product_model, width=120),
            Column(Product.unit, width=70),
            Column(Product.list_price, width=110, summed=False),
            Column(Product.is_active, width=80, shown=False),
            Column(Product.created_at, width=104, shown=False),
            Column(Product.updated_at, width=104, shown=False),
        ),
        sort=Product.name,
        presets=(
            Preset(key="sold", label=N_("Products on sale"), where=_sold),
            Preset(key="all", label=N_("All products")),
            Preset(key="no_longer", label=N_("No longer sold"), where=_no_longer_sold),
            starred(Product),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    Product.name,
                    Product.code,
                    Product.category,
                    Product.specification,
                    Product.product_model,
                    Product.unit,
                    Product.list_price,
                    Product.is_active,
                ),
            ),
            Section(N_("Description"), (Product.description,)),
        )
    ),
    search=SearchSpec(name=Product.name, texts=(Product.code, Product.product_model, Product.specification)),
    importable=True,
    subtitle=(Product.code, Product.category, Product.list_price),
    access=CATALOG_ACCESS,
)

PRODUCT_COST = EntitySpec(
    key="product_cost",
    model=ProductCost,
    label=N_("Cost"),
    label_plural=N_("Costs"),
    icon="coin",
    labels={
        ProductCost.product: N_("Product"),
        ProductCost.valid_from: N_("Valid from"),
        ProductCost.cost: N_("Cost per unit"),
        ProductCost.remark: N_("Remark"),
        ProductCost.owner: N_("Entered by"),
    },
    table=TableSpec(
        columns=(
            Column(ProductCost.product, width=220),
            Column(ProductCost.valid_from, width=110),
            Column(ProductCost.cost, width=110, summed=False),
            Column(ProductCost.owner, width=100),
            Column(ProductCost.remark, width=220),
        ),
        sort=ProductCost.valid_from,
        is_descending=True,
    ),
    form=FormSpec(
        sections=(
            Section(N_("Cost"), (ProductCost.product, ProductCost.valid_from, ProductCost.cost, ProductCost.remark)),
        )
    ),
    part_of=ProductCost.product,
    access={
        group: _ALL if group in (Group.ADMINISTRATOR, Group.GENERAL_MANAGER, Group.SALES_MANAGER) else Grant()
        for group in Group
    },
)
